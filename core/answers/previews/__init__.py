"""Questions that staff try before they publish."""
