"""What a message asks: its language, its separate questions, and what a short follow-up refers to."""
