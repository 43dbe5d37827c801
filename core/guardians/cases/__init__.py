"""What a person of the school has to decide: claims nobody could match, and conflicts."""
