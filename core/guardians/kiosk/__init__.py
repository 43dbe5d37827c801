"""Card, person and chat account, bound at a kiosk."""
