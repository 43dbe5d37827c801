"""The chatbot: the same conversation over Telegram, Zalo and the web chat; delivery of every notification."""
