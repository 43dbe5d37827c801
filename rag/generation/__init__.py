"""Writing the answer: extractive here, by a language model where one is set. Only this package knows langchain."""
