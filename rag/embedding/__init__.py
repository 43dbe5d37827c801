"""Embedders behind one port, and the cache that remembers their vectors by model id and text."""
