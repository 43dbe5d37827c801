"""A parent is answered while the embedding server is away, and without any embedder at all."""

from dataclasses import replace

from rag.build import build_answerer
from rag.errors import EmbedderError
from rag.values import Behaviour, Question

ASKED = Question("Hồ sơ chuyển trường gồm đơn, học bạ và giấy tờ gì nữa?")


class Away:
    """An embedding server that stopped after the index was made."""

    def __init__(self, inner):
        self.model_id, self.dimensions = inner.model_id, inner.dimensions

    def embed_questions(self, texts):
        raise EmbedderError("away")

    embed_passages = embed_questions


async def test_the_words_find_while_the_embedding_server_is_away(answerer):
    away = replace(answerer.searcher, embedder=Away(answerer.searcher.embedder))
    found = away.search(ASKED.text)
    assert found.hits[0].passage.id == "chuyen-truong"
    answer = await replace(answerer, searcher=away).answer(ASKED)
    assert answer.behaviour in (Behaviour.ANSWER, Behaviour.ABSTAIN)


async def test_without_an_embedder_only_the_words_are_asked(settings):
    plain = build_answerer(settings.model_copy(update={"embedder": "none"}))
    assert plain.searcher.search(ASKED.text).hits[0].passage.id == "chuyen-truong"
