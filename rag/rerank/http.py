"""A re-ranker behind HTTP, as Cohere, Jina and vLLM ask (`documents`) or text-embeddings-inference (`texts`).

One try within the time-out; the searcher keeps its own order when this fails.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from rag.errors import RerankerError
from rag.rerank.texts import passage_text
from rag.values import Passage


@dataclass(frozen=True, slots=True)
class RerankServer:
    """Where a re-ranking model answers. `url` is the whole address ("http://…/v1/rerank"); times are seconds."""

    url: str
    model: str = ""
    key: str = field(default="none", repr=False)
    form: Literal["documents", "texts"] = "documents"
    timeout: float = 5.0


class HttpReranker:
    """A `Reranker` over HTTP."""

    def __init__(self, server: RerankServer) -> None:
        self._server = server
        headers = {"Authorization": f"Bearer {server.key}"}
        self._client = httpx.Client(headers=headers, timeout=server.timeout, trust_env=False)

    def score(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """Give one score a passage, in the given order.

        Raises:
            RerankerError: the server is away, refuses, leaves a passage out, or answers in another form.
        """
        if not passages:
            return ()
        texts = [passage_text(passage) for passage in passages]
        try:
            reply = self._client.post(self._server.url, json=self._body(question, texts))
            reply.raise_for_status()
            return _scores(reply.json(), len(texts))
        except (httpx.HTTPError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise RerankerError(f"re-rank server: {type(error).__name__}") from error

    def _body(self, question: str, texts: Sequence[str]) -> dict[str, Any]:
        if self._server.form == "texts":
            return {"query": question, "texts": list(texts), "truncate": True}
        return {
            "model": self._server.model,
            "query": question,
            "documents": list(texts),
            "top_n": len(texts),
            "return_documents": False,
        }


def _scores(raw: Any, wanted: int) -> list[float]:
    rows = raw["results"] if isinstance(raw, dict) else raw
    found = {int(row["index"]): float(row.get("relevance_score", row.get("score"))) for row in rows}
    if sorted(found) != list(range(wanted)):
        raise ValueError("not one score a passage")
    if not all(map(math.isfinite, found.values())):
        raise ValueError("a score that is no number")
    return [found[number] for number in range(wanted)]
