"""A fee that was issued and then corrected, taken back or asked for again: decided, done once, kept."""
