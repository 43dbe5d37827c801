"""A searcher over the store: finds candidates there and ranks them with the code that ranks an index in memory."""

from dataclasses import dataclass

from typing_extensions import override

from rag.retrieval.question import prepare
from rag.retrieval.search import Found, Hidden, Searcher, nothing_hidden
from rag.store.beside import Beside
from rag.store.postgres import PostgresStore


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSearcher(Searcher):
    """Searches a province's store, and a school's own passages `beside` it.

    `index` holds no passages and only names the vector space.
    """

    store: PostgresStore
    beside: Beside | None = None

    @property
    @override
    def version(self) -> str:
        """Name the state of the store's build in use and of what stands beside it."""
        return f"{self.store.version}+{self.beside.version}" if self.beside else self.store.version

    @override
    def follow(self) -> None:
        """Take up the build that is current in the database.

        Raises:
            MixedModelsError: it was embedded by another model.
            StoreError: the database fails.
        """
        self.store.follow()

    @override
    def search(self, text: str, *, hidden: Hidden = nothing_hidden, limit: int = 10) -> Found:
        """Find the passages nearest a canonical question.

        Raises:
            StoreError: the store holds no index yet, or its database fails.
        """
        self.follow()
        query = prepare(text, self.embedder, self.repairer, self.store.texts_near)
        index, legs = self.store.candidates(query, self.beside)
        return self.ranked(text, query, index, legs, hidden=hidden, limit=limit)
