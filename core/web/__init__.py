"""The HTTP ground floor: one application factory for core and bot. It knows no feature."""
