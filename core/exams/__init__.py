"""Exam sessions, who may sit them, and whether the door is open."""
