"""Learns the small models of `rag` from what is in the repository: `python -m rag.fit` writes their JSON files.

Training data: the knowledge base's own questions, also spoilt as people type them, each searched in an index that does
not hold that wording; the impossible questions; the written examples of intents. No public test set is read.
"""
