"""Guardians: who may speak for which pupil, through which chat account, and how surely we know it."""
