"""What the school says itself: written, published, withdrawn."""
