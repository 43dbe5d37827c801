"""Servers of embedding and re-ranking models on loopback: real HTTP, letters counted instead of a model.

They run in a thread of their own, because the clients under test are plain functions.
"""

import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def letters(text: str) -> list[float]:
    """A vector that tells texts apart by their letters."""
    counts = [text.lower().count(chr(97 + at)) + 0.01 for at in range(26)]
    length = math.sqrt(sum(count * count for count in counts))
    return [3 * count / length for count in counts]


def shared(question: str, text: str) -> float:
    words = set(question.lower().split())
    return sum(word in text.lower() for word in words) / max(len(words), 1)


@dataclass
class FakeModels:
    """What the server does next, and what it was asked."""

    base_url: str = ""
    behave: str = "right"
    requests: list[dict[str, Any]] = field(default_factory=list)

    def reply(self, path: str, body: dict[str, Any]) -> Any:
        if path.endswith("/embeddings"):
            rows = self._spoilt([{"index": n, "embedding": letters(t)} for n, t in enumerate(body["input"])])
            return {"data": rows[::-1] if self.behave != "short" else rows[:-1]}
        texts = body.get("documents") or body["texts"]
        name = "relevance_score" if "documents" in body else "score"
        rows = [{"index": n, name: shared(body["query"], text)} for n, text in enumerate(texts)]
        rows = sorted(rows, key=lambda row: -row[name])[: len(texts) - (self.behave == "short")]
        rows = self._spoilt(rows)
        return {"results": rows} if "documents" in body else rows

    def _spoilt(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put what is no number, or endless, where a number is expected."""
        if self.behave == "endless":
            return [row | {"index": math.inf} for row in rows]
        if self.behave == "no number":
            return [{name: row[name] if name == "index" else math.nan for name in row} for row in rows]
        return rows


@contextmanager
def fake_models() -> Iterator[FakeModels]:
    fake = FakeModels()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.requests.append(body)
            good = fake.behave in ("right", "short", "endless", "no number")
            data = json.dumps(fake.reply(self.path, body)) if good else "<html>no</html>"
            self.send_response(500 if fake.behave == "500" else 200)
            self.end_headers()
            self.wfile.write(data.encode())

        def log_message(self, *said: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    fake.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
