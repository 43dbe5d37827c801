"""The demonstration: one command starts a school. It starts programs and knows none of their insides."""
