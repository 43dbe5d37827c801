"""Faces: find, judge the picture, compare, and tell a living face from a picture of one.

The home of `cv2`, with the camera. Pictures come in as arrays and leave as numbers:
nothing here writes an image anywhere.

    engine = FaceEngine.load(ModelStore(folder))
    one, other = engine.analyse(first_picture), engine.analyse(second_picture)
    compare(one.template, other.template)     # cosine, −1 to 1
"""
