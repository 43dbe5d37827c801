"""A fictional school for the demo and the journeys. Nobody in it exists."""
