"""The data keys of schools: kept wrapped, read before every transaction, changed while the system works."""
