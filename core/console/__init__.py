"""The staff's rooms: pages rendered on the server, light enough for the old computer in the office."""
