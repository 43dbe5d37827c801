"""What was asked for, set right and received between two moments, and how it stood at the end."""
