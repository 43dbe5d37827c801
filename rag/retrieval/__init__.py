"""Finding passages: lexical legs, dense legs, and the fusion that weighs them."""
