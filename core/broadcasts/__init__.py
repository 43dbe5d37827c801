"""Announcements of the school to many at once: who, what, when, and what became of it."""
