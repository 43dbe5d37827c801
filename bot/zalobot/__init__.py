"""The Zalo Bot channel (pilots, staff alerts, classes without an Official Account). Formats: facts, messaging, B."""
