"""Re-rankers behind one port: none is needed, any may be set."""
