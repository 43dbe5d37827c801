"""The answers API for other programs, and the workers that keep a school's own answers in the index."""
