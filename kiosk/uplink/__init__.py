"""From the kiosk to the core: what is written here arrives there once, in order, whatever the network does."""
