"""The audit trail of a school: append-only, and chained so that a changed or missing entry shows."""
