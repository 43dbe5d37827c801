"""The mechanics that inbox and outbox share: when to try again, and a pump that keeps jobs running.

Nothing here knows a table or a message.
"""
