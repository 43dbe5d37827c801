"""Tuning on a tiny model made here: it learns, it goes on where it was interrupted, and what it saves can be used."""

import importlib.util
import json
from itertools import product

import pytest

from rag.corpus import load_knowledge
from rag.errors import TuningError
from rag.settings import RagSettings
from rag.tuning.examples import material
from rag.tuning.run import TuningOptions, tune
from rag.values import Passage

TORCH = importlib.util.find_spec("torch") is not None
needs_torch = pytest.mark.skipif(not TORCH, reason="torch is not installed (extra: models)")
THINGS = [
    "thẻ căn cước",
    "học bạ",
    "học phí",
    "bảo hiểm y tế",
    "giấy khai sinh",
    "đồng phục",
    "sách giáo khoa",
    "xe buýt",
]
SIDES = ["mất mấy ngày", "nộp ở đâu", "tốn bao nhiêu tiền"]


def paragraph(number, thing, side):
    asked = [f"{thing} {side}", f"làm {thing} {side} ạ", f"cho hỏi {thing} thì {side}"]
    context = f"Việc {thing}: người ta thường hỏi {side}. Trả lời số {number}."
    answers = [{"text": thing, "answer_start": context.index(thing)}]
    qas = [{"id": f"p{number}-{n}", "question": text, "answers": answers} for n, text in enumerate(asked)]
    return {"id": f"p{number}", "title": f"{thing} {number}", "context": context, "qas": qas}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "topics").mkdir()
    paragraphs = [paragraph(n, *pair) for n, pair in enumerate(product(THINGS, SIDES))]
    content = {"version": "2.0", "data": [{"title": "Thử", "paragraphs": paragraphs}]}
    (folder / "topics" / "thu.json").write_text(json.dumps(content), encoding="utf-8")
    return RagSettings(knowledge_dir=folder, cache_dir=None)


def words(settings):
    passages = load_knowledge(settings.knowledge_dir).passages
    return [text for p in passages for text in (p.title, p.text, *(q.text for q in p.questions))]


def options(folder, **more):
    return TuningOptions(folder, epochs=6, batch=8, rate=3e-3, device="cpu", **more)


def test_a_held_out_wording_is_never_learned_from_and_a_twin_is_never_wrong(settings):
    made = material(load_knowledge(settings.knowledge_dir).passages)
    held_out = {question for question, _ in made.held_out}
    assert held_out
    assert held_out.isdisjoint(example.question for example in made.examples)
    assert all(example.right not in example.wrong and example.wrong for example in made.examples)


def test_knowledge_without_questions_teaches_nothing():
    with pytest.raises(ValueError, match="nothing to learn"):
        material([Passage(id="a", title="", text="Một câu."), Passage(id="b", title="", text="Hai câu.")])


@pytest.mark.models
@needs_torch
def test_a_bi_encoder_learns_and_its_folder_is_an_embedder(settings, tmp_path):
    from rag.embedding.sentence_transformers import SentenceModel, SentenceTransformerEmbedder
    from tests.support.tiny_models import tiny_bi_encoder

    base = tiny_bi_encoder(words(settings), tmp_path / "base")
    told = tune(settings, options(tmp_path / "out", bi=str(base)))["bi-encoder"]
    assert told["finished"]
    assert told["after"]["mrr@10"] > told["before"]["mrr@10"] + 0.05
    tuned = SentenceTransformerEmbedder(SentenceModel(str(tmp_path / "out" / "bi-encoder"), device="cpu"))
    assert tuned.embed_questions(["học phí"]).shape == (1, 32)
    assert tuned.model_id != SentenceTransformerEmbedder(SentenceModel(str(base), device="cpu")).model_id


@pytest.mark.models
@needs_torch
def test_a_cross_encoder_is_trained_and_its_folder_is_a_re_ranker(settings, tmp_path):
    from rag.rerank.cross_encoder import CrossEncoderReranker
    from tests.support.tiny_models import tiny_cross_encoder

    base = tiny_cross_encoder(words(settings), tmp_path / "base")
    told = tune(settings, options(tmp_path / "out", cross=str(base)))["cross-encoder"]
    assert told["finished"]
    assert told["before"].keys() == told["after"].keys() >= {"r@1", "mrr@10"}
    passages = load_knowledge(settings.knowledge_dir).passages[:3]
    before = CrossEncoderReranker(str(base), device="cpu").score("học phí", passages)
    after = CrossEncoderReranker(str(tmp_path / "out" / "cross-encoder"), device="cpu").score(
        "học phí", passages
    )
    assert len(after) == 3
    assert after != pytest.approx(before, abs=1e-3)


@pytest.mark.models
@needs_torch
def test_an_interrupted_run_ends_where_an_undisturbed_one_ends(settings, tmp_path):
    from tests.support.tiny_models import tiny_bi_encoder

    base = str(tiny_bi_encoder(words(settings), tmp_path / "base"))
    whole = tune(settings, options(tmp_path / "whole", bi=base))["bi-encoder"]
    first = tune(settings, options(tmp_path / "halves", bi=base, stop_after=5))["bi-encoder"]
    assert not first["finished"]
    second = tune(settings, options(tmp_path / "halves", bi=base))["bi-encoder"]
    assert second["finished"]
    assert second["after"] == pytest.approx(whole["after"])
    with pytest.raises(TuningError, match="another run"):
        tune(settings, TuningOptions(tmp_path / "halves", bi=base, epochs=1, device="cpu"))


@pytest.mark.models
@needs_torch
def test_a_model_that_is_not_there_is_a_typed_error(settings, tmp_path):
    with pytest.raises(TuningError):
        tune(settings, options(tmp_path / "out", bi=str(tmp_path / "nowhere")))


@pytest.mark.skipif(TORCH, reason="torch is installed")
def test_without_torch_the_error_says_what_to_install(settings, tmp_path):
    with pytest.raises(TuningError, match="congtruong\\[models\\]"):
        tune(settings, options(tmp_path / "out", bi="x"))
