"""Fine-tuning of retrieval models on the knowledge base, by `rag tune`. Only here is anything trained with torch."""
