"""The web chat: the same conversation in a page; lines come back over server-sent events."""
