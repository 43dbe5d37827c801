"""`python -m core.demo`. While it loads, for seconds, Ctrl-C simply ends: it would end in a stack trace."""

from __future__ import annotations

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from core.demo.command import main

    sys.exit(main())
