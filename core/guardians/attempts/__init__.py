"""How often somebody may try, counted per chat, per number, per address and per kiosk."""
