"""How good it is, measured: ranking on any SQuAD file, answers by two normalisers, abstention, time."""
