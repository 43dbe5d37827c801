"""Staff accounts and their sessions. Pages and cookies are the console's."""
