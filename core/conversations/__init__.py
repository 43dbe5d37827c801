"""Who talks to us on which channel, what was said, and where a conversation stands."""
