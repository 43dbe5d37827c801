"""What a school adds to the answers: its own passages, what it could not answer yet, and who may ask over the API."""
