"""The tokens of official accounts, which rotate under a lock."""
