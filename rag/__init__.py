"""Answers for parents: retrieval over a dated, sourced knowledge base, or an honest "I do not know".

Knows nothing of the core or of any chat channel: a question goes in, an `Answer` comes out.
"""
