"""From the kiosk to the core: what is written here arrives there, once and in order."""
