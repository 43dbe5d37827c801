"""What people may ask about their data: see, correct, delete, take back; and what is deleted by itself."""
