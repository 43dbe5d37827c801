"""Tests of the evaluation set: its form and variety."""
