"""Sealing of personal data at rest and blind indexes to look it up. Knows keys, not tables."""
