"""A question is taken apart only where both halves stand as questions of their own."""

import pytest

from rag.apart import told_apart
from rag.considered import Considered
from rag.deciding import Decided, Framing
from rag.guard.screen import Screened
from rag.retrieval.search import Hit
from rag.values import Behaviour, Passage, Turn

FEE, BOOKS, TIME = (
    Decided(Framing.PLAIN, Hit(Passage(id=name, title="", text=name), 0, 1.0, name))
    for name in ("fee", "books", "time")
)


def considered(text, decided=None, confidence=0.0, beside=()):
    return Considered(Screened(Behaviour.ANSWER), text, None, confidence, decided, beside)


def halves(whole, answers, history=()):
    """Take a question apart with a search that answers (half, what stands before it) so; give what is told."""
    tried = []

    def consider(text, before):
        tried.append((text, len(before)))
        decided, confidence = answers.get((text, len(before)), (None, 0.0))
        return considered(text, decided, confidence)

    told = told_apart(whole, history, consider)
    return [one.decided.hit.passage.id for one in told], tried


HEAD, REST = "miễn học phí chưa", "sách giáo khoa bao giờ có"
BOTH = f"{HEAD}, {REST}"


def test_two_plain_halves_of_two_matters_are_two_questions():
    told, _ = halves(considered(BOTH, FEE, 0.9), {(HEAD, 0): (FEE, 0.9), (REST, 0): (BOOKS, 0.9)})
    assert told == ["fee", "books"]


@pytest.mark.parametrize(("first", "second"), [(0.7, 0.99), (0.99, 0.7)])
def test_a_half_that_is_not_plain_leaves_the_question_whole(first, second):
    told, _ = halves(considered(BOTH, FEE, 0.9), {(HEAD, 0): (FEE, first), (REST, 0): (BOOKS, second)})
    assert told == []


def test_halves_that_the_answer_to_the_whole_tells_leave_it_whole():
    whole = considered(BOTH, FEE, 0.9, (BOOKS,))
    assert halves(whole, {(HEAD, 0): (FEE, 0.9), (REST, 0): (BOOKS, 0.9)})[0] == []


LEANING = "đăng ký giám hộ ở xã nào, bao lâu có trích lục"
GUARDIAN, DAYS = LEANING.split(", ")


def test_a_half_that_leans_on_the_other_stands_only_where_it_surely_does_alone():
    told, _ = halves(considered(LEANING, FEE, 0.9), {(GUARDIAN, 0): (FEE, 0.9), (DAYS, 0): (TIME, 0.9)})
    assert told == ["fee", "time"]
    told, _ = halves(considered(LEANING, FEE, 0.9), {(GUARDIAN, 0): (FEE, 0.9), (DAYS, 0): (TIME, 0.8)})
    assert told == []


@pytest.mark.parametrize(
    ("first", "alone", "after", "told"),
    [(0.95, 0.9, 0.92, "books"), (0.9, 0.9, 0.95, "books"), (0.95, 0.92, 0.8, "time")],
)
def test_a_half_that_stands_alone_is_told_as_it_is_surest_and_rather_after_the_other(
    first, alone, after, told
):
    answers = {(GUARDIAN, 0): (FEE, first), (DAYS, 0): (TIME, alone), (DAYS, 1): (BOOKS, after)}
    assert halves(considered(LEANING, FEE, 0.9), answers)[0] == ["fee", told]


def test_a_second_half_that_does_not_stand_spares_the_first():
    _, tried = halves(considered(BOTH, FEE, 0.9), {(HEAD, 0): (FEE, 0.9)})
    assert tried == [(REST, 0)]


def test_what_is_refused_is_not_taken_apart():
    whole = Considered(Screened(Behaviour.UNSAFE), BOTH)
    assert halves(whole, {}, (Turn("user", "chào cô"),)) == ([], [])
