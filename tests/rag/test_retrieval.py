import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embedding.cache import CachedEmbedder
from rag.embedding.vector_file import read_vectors, write_vectors
from rag.errors import MixedModelsError
from rag.retrieval.candidates import count_asked
from rag.retrieval.fusion import stretch
from rag.retrieval.index import PassageIndex, SearchQuery, asked_terms
from rag.retrieval.lexical import K1, B, LexicalIndex, count
from rag.retrieval.parts import documents_of, filed, held_by, parts_of
from rag.values import KnownQuestion, Passage
from rag.vietnamese.forms import tokens

WORDS = st.lists(st.sampled_from("ab cd ef gh ij".split()), max_size=12)


class CountingEmbedder:
    """A tiny stand-in for an embedding model (outside our code): letters counted, unit length."""

    model_id = "letters"
    dimensions = 26

    def __init__(self):
        self.asked = 0

    def embed_passages(self, texts):
        self.asked += len(texts)
        rows = np.asarray(
            [[text.count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts], dtype=np.float32
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    embed_questions = embed_passages


def naive_bm25(documents, query):
    mean = max(sum(map(len, documents)) / len(documents), 1.0)
    scores = []
    for document in documents:
        counts, score = Counter(document), 0.0
        for term in query:
            n = sum(term in other for other in documents)
            if counts[term]:
                idf = math.log1p((len(documents) - n + 0.5) / (n + 0.5))
                norm = K1 * (1 - B + B * len(document) / mean)
                score += idf * counts[term] * (K1 + 1) / (counts[term] + norm)
        scores.append(score)
    return scores


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_the_inverted_index_scores_as_the_formula_says(documents, query):
    assert np.allclose(
        LexicalIndex(count(map(filed, documents))).scores(query), naive_bm25(documents, query), atol=1e-4
    )


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=20))
def test_stretched_scores_lie_between_zero_and_one(values):
    row = stretch(np.asarray([values], dtype=np.float32))
    assert float(row.min()) >= 0
    assert float(row.max()) <= 1.0001


FIELDS = ("accented", "folded", "grams", "sentence_terms")


@given(st.lists(st.text("abđ ế.1_𝒳", max_size=30), min_size=1, max_size=4), st.text("abđ ế1𝒳", max_size=20))
def test_candidates_are_filed_under_the_asked_terms_as_whole_passages_are(texts, question):
    passages = [Passage(id=str(n), title="a đế", text=text) for n, text in enumerate(texts)]
    words = tuple(tokens(question))
    terms = asked_terms(SearchQuery(words, words, None))
    asked = {name: dict.fromkeys(found, 1) for name, found in terms.items()}
    read = [parts_of(passage) for passage in passages]
    few = count_asked(read, asked)
    for name in FIELDS:
        whole = count(document for parts in read for document in documents_of(parts, name))
        assert held(few[name], asked[name]) == held(whole, asked[name])


def held(counted, asked):
    names = list(counted.terms)
    found = zip(counted.documents.tolist(), counted.rows.tolist(), counted.counts.tolist(), strict=True)
    return {(number, names[row], times) for number, row, times in found if names[row] in asked}, list(
        counted.lengths
    )


@given(st.text("abđ ế.1_", max_size=40), st.text("abđ ế.1_", max_size=40))
def test_what_a_store_counts_of_a_passage_is_what_an_index_files(title, text):
    passage = Passage(id="a", title=title, text=text)
    filed_as = [(name, one) for name in FIELDS for one in documents_of(parts_of(passage), name)]
    expected = sorted((name, sorted(one.terms), one.length) for name, one in filed_as)
    assert sorted((name, sorted(terms), length) for name, terms, length in held_by(passage)) == expected


def test_vectors_of_two_models_are_never_compared():
    index = PassageIndex([Passage(id="a", title="", text="mot hai ba")], CountingEmbedder())
    with pytest.raises(MixedModelsError):
        index.legs(SearchQuery(("mot",), ("mot",), np.ones(26, dtype=np.float32), "another"))


def test_a_passage_is_embedded_once_in_the_life_of_a_cache(tmp_path):
    model = CountingEmbedder()
    first = CachedEmbedder(model, tmp_path).embed_passages(["abc", "xyz"])
    again = CachedEmbedder(model, tmp_path).embed_passages(["xyz", "abc"])
    assert model.asked == 2
    assert np.allclose(first, again[::-1])


def test_a_record_torn_by_a_crash_is_dropped_and_made_again(tmp_path):
    model = CountingEmbedder()
    CachedEmbedder(model, tmp_path).embed_passages(["abc"])
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:-3])
    assert CachedEmbedder(model, tmp_path).embed_passages(["abc", "abd"]).shape == (2, 26)
    assert len(read_vectors(file, 26)) == 2


def test_shipped_vectors_are_used_instead_of_the_model(tmp_path):
    model = CountingEmbedder()
    write_vectors(tmp_path / "shipped.bin", model, ["abc", "abc"])
    asked = model.asked
    CachedEmbedder(model, None, [tmp_path / "shipped.bin"]).embed_passages(["abc"])
    assert model.asked == asked


def test_an_empty_index_finds_nothing(answerer):
    empty = answerer.rebuild([])
    assert empty.search("học phí").hits == ()


def test_what_is_known_to_be_asked_in_these_words_is_found_however_much_lies_nearer(answerer):
    near = [Passage(id=f"near-{n}", title="hội phí", text=f"Câu {n}.") for n in range(40)]
    known = KnownQuestion("k:1", "Hội phí")
    far = Passage(id="far", title="Ban đại diện", text="Không được thu.", questions=(known,))
    searcher = answerer.rebuild((*near, far))
    for asked in ("hoi phi a", "cho em hỏi hội phí thế nào ạ", "xin hội phí cho con"):
        assert "far" in [hit.passage.id for hit in searcher.search(asked, limit=3).hits]
    hidden = searcher.search("hội phí", hidden=lambda index: [index.place["far"]])
    assert "far" not in [hit.passage.id for hit in hidden.hits]


def test_a_hidden_passage_is_neither_found_nor_bends_the_scale(answerer):
    found = answerer.searcher.search(
        "Hồ sơ chuyển trường gồm gì?", hidden=lambda index: [index.place["chuyen-truong"]]
    )
    assert "chuyen-truong" not in {hit.passage.id for hit in found.hits}
    assert found.hits
