"""Who agreed to what about which pupil: separate for each purpose, in versions, taken back at any time."""
