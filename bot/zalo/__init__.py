"""The Zalo Official Account channel. Formats and their certainty: facts, messaging, A."""
