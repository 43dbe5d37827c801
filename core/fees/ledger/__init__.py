"""The rows of the ledger, which only grows."""
