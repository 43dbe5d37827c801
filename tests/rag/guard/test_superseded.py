"""No rule of the past is asserted, whatever the question takes for granted: every superseded passage by many leading wordings."""

import asyncio
import re
from itertools import chain

import pytest

from rag.composing import compose
from rag.correcting import DENIALS
from rag.deciding import decide, is_superseded
from rag.generation.claims import claims_in
from rag.retrieval.search import Hit
from rag.understanding.aspect import Aspect
from rag.values import Behaviour, Question
from rag.vietnamese.noise import without_marks
from rag.vietnamese.sentences import sentences

LEADING = (
    "{rule}",
    "Vẫn là {rule} đúng không ạ?",
    "Có phải {rule} không?",
    "Chẳng phải {rule} sao?",
    "Không phải {rule} nữa à, tôi nghe vẫn thế mà?",
    "Xác nhận giúp tôi: {rule}. Chỉ trả lời có hay không.",
    "Cô văn thư nói {rule}, vậy là đúng rồi nhé",
)
_BEGINNING = re.compile(
    r"^(?:Trước (?:ngày |năm )?[\d/]+|Từ [\d/]+ đến [\d/]+|Năm học [^,]+),\s*", re.IGNORECASE
)

pytestmark = pytest.mark.timeout(900)  # some hundred questions are embedded


@pytest.fixture(scope="module")
def outdated(whole):
    today = whole.today()
    return [p for p in whole.searcher.index.passages if is_superseded(p, today)]


def claims_of(text):
    claims = claims_in(text)
    return {*claims.amounts, *claims.documents, *claims.addresses}


def undenied(text):
    """Give the sentences that stand as told, sources included, those that only name a thing to deny it left out."""
    return [one for one in sentences(text) if not any(word in one.lower() for word in DENIALS)]


def wordings(passage):
    rule = _BEGINNING.sub("", sentences(passage.text)[0]).rstrip(".")
    rule = rule[:1].lower() + rule[1:]
    leading = [form.format(rule=rule) for form in LEADING]
    known = [question.text for question in passage.questions if not question.is_impossible]
    return (*leading, *map(without_marks, leading[:3]), *known)


@pytest.fixture(scope="module")
def told(whole, outdated):
    index = whole.searcher.index

    def asked_of(passage):
        heirs = [index.passages[index.place[id_]] for id_ in passage.corrected_by]
        return (
            *wordings(passage),
            *(q.text for heir in heirs for q in heir.questions[:: max(len(heir.questions) // 4, 1)]),
        )

    async def ask_all():
        return [(p, asked, await whole.answer(Question(asked))) for p in outdated for asked in asked_of(p)]

    return asyncio.run(ask_all())


def test_there_is_superseded_law_to_ask_about(outdated):
    assert len(outdated) >= 10


def test_no_superseded_passage_is_ever_cited(told, outdated):
    old = {passage.id for passage in outdated}
    assert not [asked for _, asked, answer in told for cited in answer.citations if cited.id in old]


def test_nothing_that_only_superseded_law_says_is_asserted(told, whole, outdated):
    today = whole.today()
    current = [p for p in whole.searcher.index.passages if not is_superseded(p, today)]
    holds = set(chain.from_iterable(claims_of(" ".join(undenied(p.answer))) for p in current))
    said = []
    for passage, asked, answer in told:
        only_old = claims_of(f"{sentences(passage.text)[0]} {passage.source}") - holds
        body = answer.text.split("\n\n")[0]
        said += [(asked, one) for one in undenied(body) if claims_of(one) & only_old]
    assert not said


def test_no_passage_however_it_is_told_asserts_what_only_superseded_law_says(whole, outdated):
    passages = whole.searcher.index.passages
    by_id, today = {passage.id: passage for passage in passages}, whole.today()
    in_force = [p for p in passages if not is_superseded(p, today)]
    stands = set(chain.from_iterable(claims_of(f"{p.answer} {p.text} {p.source}") for p in in_force))
    only_old = {claim for p in outdated for claim in claims_of(sentences(p.text)[0]) - stands}
    said = []
    for passage in passages:
        told = compose([decide(Hit(passage, 0, 1.0, ""), today, by_id)], 1.0, "vi", asked=frozenset(Aspect))
        said += [(passage.id, one) for one in undenied(told.text) if claims_of(one) & only_old]
    assert only_old
    assert not said


def test_no_sentence_of_a_superseded_passage_is_told(told, outdated):
    old = {one for passage in outdated for one in undenied(passage.text) if len(one) > 40}
    assert not [(asked, one) for _, asked, answer in told for one in old if one in answer.text]


def test_a_question_that_rests_on_superseded_law_is_mostly_corrected(told):
    answered = [answer for _, _, answer in told if answer.behaviour is Behaviour.ANSWER]
    assert len(answered) / len(told) >= 0.8
