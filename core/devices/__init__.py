"""Kiosks: how one is enrolled with a one-time code, and how its signed requests are believed."""
