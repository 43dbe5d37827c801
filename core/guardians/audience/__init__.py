"""Many guardians at once, page by page, for announcements: who they are and on which chats they are reached."""
