"""Our own page for the QR code on a citizen card; a one-time link from the chat opens it."""
