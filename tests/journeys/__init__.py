"""Whole walks through the running programs, end to end, on loopback. Few, and each told as a story."""
