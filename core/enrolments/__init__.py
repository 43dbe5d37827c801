"""Faces that families agreed to have enrolled: as templates, sealed, revocable, gone at the end of schooling."""
