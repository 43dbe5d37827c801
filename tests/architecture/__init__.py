"""Rules about the code itself: what prose would forget, a test remembers."""
