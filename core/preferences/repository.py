"""The statements of this slice. Private to it."""
