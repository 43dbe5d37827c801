"""Every re-ranker passes the same checks, and a search survives one that fails."""

import importlib.util
from dataclasses import replace

import pytest

from rag.errors import RerankerError
from rag.rerank.cross_encoder import CrossEncoderReranker
from rag.rerank.http import HttpReranker, RerankServer
from rag.values import Passage
from tests.support.fake_models import fake_models

PASSAGES = [
    Passage(id="a", title="Thẻ", text="Làm thẻ căn cước ở công an xã."),
    Passage(id="b", title="Học phí", text="Trường công không thu học phí."),
    Passage(id="c", title="Chuyển trường", text="Hồ sơ gồm đơn và học bạ."),
]
TORCH = importlib.util.find_spec("torch") is not None
MODELS = [pytest.mark.models, pytest.mark.skipif(not TORCH, reason="torch is not installed (extra: models)")]


def documents(folder):
    with fake_models() as server:
        yield HttpReranker(RerankServer(f"{server.base_url}/rerank", "xep-hang"))


def texts(folder):
    with fake_models() as server:
        yield HttpReranker(RerankServer(f"{server.base_url}/rerank", form="texts"))


def cross_encoder(folder):
    from tests.support.tiny_models import tiny_cross_encoder

    yield CrossEncoderReranker(str(tiny_cross_encoder([p.text for p in PASSAGES], folder)), device="cpu")


@pytest.fixture(
    scope="module",
    params=[documents, texts, pytest.param(cross_encoder, marks=MODELS)],
    ids=lambda made: made.__name__,
)
def reranker(request, tmp_path_factory):
    yield from request.param(tmp_path_factory.mktemp("model"))


def test_one_score_a_passage_in_the_given_order(reranker):
    forwards = reranker.score("trường công có thu học phí không", PASSAGES)
    backwards = reranker.score("trường công có thu học phí không", PASSAGES[::-1])
    assert len(forwards) == len(PASSAGES)
    assert forwards == pytest.approx(backwards[::-1], abs=1e-4)


def test_no_passages_give_no_scores(reranker):
    assert list(reranker.score("học phí", [])) == []


def test_scores_are_the_same_when_asked_again(reranker):
    assert reranker.score("học phí", PASSAGES) == pytest.approx(reranker.score("học phí", PASSAGES), abs=1e-5)


@pytest.mark.parametrize("form", ["documents", "texts"])
def test_the_words_of_the_question_decide_over_http(form):
    with fake_models() as server:
        scores = HttpReranker(RerankServer(f"{server.base_url}/rerank", form=form)).score("học phí", PASSAGES)
    assert max(range(3), key=scores.__getitem__) == 1


@pytest.mark.parametrize("behaviour", ["500", "html", "short", "endless", "no number"])
def test_a_server_that_fails_is_a_typed_error_and_the_search_keeps_its_order(behaviour, answerer):
    with fake_models() as server:
        server.behave = behaviour
        failing = HttpReranker(RerankServer(f"{server.base_url}/rerank", "xep-hang"))
        with pytest.raises(RerankerError):
            failing.score("học phí", PASSAGES)
        text = "Trường công có thu học phí không?"
        plain = answerer.searcher.search(text)
        asked = replace(answerer.searcher, reranker=failing).search(text)
        assert plain.places == asked.places


def test_a_re_ranker_orders_what_the_search_found(answerer):
    with fake_models() as server:
        asked = replace(
            answerer.searcher, reranker=HttpReranker(RerankServer(f"{server.base_url}/rerank", "xep-hang"))
        ).search("giảm nửa giá vé tháng xe buýt")
    assert asked.hits[0].passage.id == "xe-buyt"
