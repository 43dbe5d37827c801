"""What a row holds of a passage is what reading the passage anew gives."""

from dataclasses import replace
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import load_knowledge
from rag.retrieval.parts import parts_of, sides_of
from rag.settings import RagSettings
from rag.store.words import FORM, as_line, from_line
from rag.values import KnownQuestion, Passage
from rag.vietnamese.forms import canonical

TEXTS = st.text("Đếạ 1a.?\ńำ가𝒳", max_size=30).map(canonical)
PASSAGE = Passage(
    id="a",
    title="Thẻ căn cước",
    text="Phụ huynh nộp hồ sơ ở công an xã trước ngày 05/9/2026. Thẻ có trong 07 ngày làm việc; lệ phí 70.000 đồng.",
    answer="Anh chị mang giấy khai sinh đến công an xã ạ.",
    questions=(KnownQuestion("q", "Bé 7 tuổi làm căn cước ở đâu, mất bao lâu?"),),
)


@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_any_passage_is_read_back_as_it_was_read(title, text, answer, asked):
    questions = tuple(KnownQuestion(str(n), one) for n, one in enumerate(asked))
    passage = Passage(id="a", title=title, text=text, answer=answer, questions=questions)
    assert from_line(as_line(passage)) == (parts_of(passage), sides_of(passage))


def test_the_shipped_knowledge_is_read_back_as_it_was_read():
    for passage in load_knowledge(RagSettings().knowledge_dir).passages[::40]:
        assert from_line(as_line(passage)) == (parts_of(passage), sides_of(passage))


def test_code_that_reads_texts_otherwise_names_its_form_anew():
    line = as_line(PASSAGE) + as_line(replace(PASSAGE, title="", answer="", questions=()))
    known = {1: "c54cfd19bf4828c0"}
    assert sha256(line.encode()).hexdigest()[:16] == known[FORM], (
        "this code reads texts otherwise: raise FORM"
    )
