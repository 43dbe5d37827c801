"""What a person wants to be told, and when: at once, once a day, or not at all."""
