"""The durable inbox: an outside fact is first a row, unique by source and external id; then it is handled.

Handled exactly once: `Inbox.complete` commits together with the handler's effect or not at all.
"""
