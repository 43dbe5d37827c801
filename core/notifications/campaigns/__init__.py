"""Many messages of one cause, known by the beginning of their dedupe keys: counted, broken down, withdrawn."""
