"""How much was written and handed over between two moments, and how soon staff answered."""
