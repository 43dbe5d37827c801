"""One-time tickets from the chat: the link to our page, the six digits for the kiosk."""
