"""The desk behind a hand-over: the chats where staff are told, the hours, and what is said meanwhile."""
