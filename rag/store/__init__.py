"""Passages in PostgreSQL for a province: pgvector and an app-built tsvector find, our own code ranks."""
