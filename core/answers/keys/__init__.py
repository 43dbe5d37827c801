"""Keys with which other programs ask, their quotas and what they used."""
