"""What is owed to the school and what was paid. Money has one append-only ledger."""
