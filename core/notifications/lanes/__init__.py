"""What one chat may get and when: its own quota beside the channel's, and what waits for its person to write."""
