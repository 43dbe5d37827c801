"""Gives back to the system what building took and does not need any more.

The C library keeps freed memory for whoever asks next; after an index of 5,000 passages was built that is a seventh of
all the process has, and nobody asks for as much again until the next rebuild.
"""

import ctypes
import sys


def give_back() -> None:
    """Give back freed memory, where the C library can (glibc); elsewhere it stays as it is."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
