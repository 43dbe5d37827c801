"""What may be answered at all: hidden text, personal data, danger, tricks, and honest not-knowing."""
