"""Streaming, and an index that follows a school's own passages."""

from dataclasses import replace

import pytest

from rag.errors import KnowledgeFormError
from rag.living import LivingAnswerer
from rag.values import Answer, Passage, Question

HOURS = Passage(
    id="school:gio", title="Giờ mở cửa văn phòng", text="Văn phòng mở cửa từ 7 giờ 30 đến 16 giờ 30."
)
ASKED = Question("Văn phòng nhà trường mở cửa từ mấy giờ?")


class Notebook:
    """A school's data, kept outside `rag`."""

    def __init__(self, *passages):
        self.held = list(passages)
        self.asked = 0

    async def version(self):
        return repr(self.held)

    async def passages(self):
        self.asked += 1
        return self.held


@pytest.mark.parametrize(
    "text",
    [
        "Chuyển trường cần giấy tờ gì?",
        "Chuyển trường cần giấy tờ gì? Trường công có thu học phí không?",
        "???",
    ],
)
async def test_the_pieces_of_a_streamed_answer_join_to_the_answer(answerer, text):
    *pieces, last = [piece async for piece in answerer.stream(Question(text))]
    assert isinstance(last, Answer)
    assert "".join(pieces) == last.text
    assert replace(await answerer.answer(Question(text)), ms=0) == replace(last, ms=0)


async def test_what_a_school_adds_is_known_after_the_next_refresh_and_gone_when_it_is_removed(answerer):
    notebook = Notebook(HOURS)
    living = LivingAnswerer(answerer, [notebook])
    assert await living.refresh()
    assert (await living.answer(ASKED)).citations[0].id == "school:gio"
    notebook.held.clear()
    assert await living.refresh()
    assert living.version == answerer.version


async def test_an_unchanged_source_is_not_read_again(answerer):
    notebook = Notebook(HOURS)
    living = LivingAnswerer(answerer, [notebook])
    assert [await living.refresh(), await living.refresh()] == [True, False]
    assert notebook.asked == 1


async def test_a_passage_that_would_displace_the_law_is_refused_and_the_old_index_stays(answerer):
    living = LivingAnswerer(answerer, [Notebook(replace(HOURS, id="the-le-phi"))])
    with pytest.raises(KnowledgeFormError):
        await living.refresh()
    assert living.version == answerer.version
