"""How far the school has come: pupils with a verified guardian, by level, class and month."""
