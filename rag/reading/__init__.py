"""Reads one passage for the few words that answer a question, without a language model."""
