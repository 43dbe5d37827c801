"""Vietnamese as people really type it: forms, keystrokes, slang, missing diacritics, typos.

Pure functions over text and counts; no index and no model lives here.
"""
