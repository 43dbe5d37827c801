"""The numbers and dates of birth of guardians, once they are known."""
