"""Tables that staff take out of the console, as CSV that a spreadsheet opens right and that can do nothing there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(head: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    r"""UTF-8 with the mark by which Excel knows it; a cell that would be a formula is text (OWASP, CSV injection).

    >>> as_csv(("Tên",), [("=1+1",)]).decode("utf-8-sig")
    "Tên\r\n'=1+1\r\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for line in lines:
        writer.writerow([f"'{one}" if str(one).startswith(_BEGIN_FORMULAS) else one for one in line])
    return out.getvalue().encode("utf-8-sig")


def download(name: str, head: Sequence[str], lines: Iterable[Sequence[object]]) -> web.Response:
    """The table as a file to save under this name (ASCII)."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=as_csv(head, lines), content_type="text/csv", charset="utf-8", headers=headers)
