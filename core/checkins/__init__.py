"""Check-ins: what a kiosk saw becomes a decision, a record, and messages, in one transaction."""
