"""Who has not come on a school day, and nobody knows why: told to the class's teachers, never to guardians."""
