"""What has happened to a guardianship, step by step, append-only."""
