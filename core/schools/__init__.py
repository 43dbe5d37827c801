"""The schools that one installation serves, and the times of their day. Knows no pupil."""
