"""Small values that mean the same everywhere: ids, money, phone numbers, time."""
