"""The language model inside the answerer, over real HTTP: several passages, and the extractive answer whatever it does."""

import json
from dataclasses import replace

import pytest

from rag.generation.langchain_chat import build_generator
from rag.generation.llm_settings import LlmSettings
from rag.values import Behaviour, Question
from tests.support.fake_openai import fake_openai

ASKED = Question("Làm thẻ căn cước có mất tiền không?")
FEE = "cấp lại do mất thẻ thu 70.000 đồng"


def writing(answer, id_, quote):
    return {"citations": [{"id": id_, "quote": quote}], "can_answer": True, "answer": answer}


@pytest.fixture
async def server():
    async with fake_openai() as fake:
        fake.written = writing("Dạ, làm lại thẻ mất hết 70.000 đồng ạ.", "the-le-phi", FEE)
        yield fake


@pytest.fixture
def written(server, answerer):
    return replace(answerer, generator=build_generator(LlmSettings(server.base_url, "thu", timeout=60)))


@pytest.mark.parametrize("behaviour", ["429", "500", "half", "prose", "html"])
async def test_whatever_the_server_does_the_parent_gets_the_extractive_answer(
    server, written, answerer, behaviour
):
    server.behave = behaviour
    given, plain = await written.answer(ASKED), await answerer.answer(ASKED)
    assert replace(given, ms=0) == replace(plain, ms=0)
    assert len(server.requests) == 1


async def test_a_late_model_is_not_waited_for(server, answerer):
    server.behave = "late"
    late = build_generator(LlmSettings(server.base_url, "thu", timeout=0.3))
    given, plain = await replace(answerer, generator=late).answer(ASKED), await answerer.answer(ASKED)
    assert replace(given, ms=0) == replace(plain, ms=0)


@pytest.mark.parametrize(
    "wrong",
    [
        writing("Dạ, hết 90.000 đồng ạ.", "the-le-phi", FEE),
        writing("Dạ, hết 70.000 đồng ạ.", "bia-ra", FEE),
        writing("Dạ, hết 70.000 đồng ạ.", "the-le-phi", "không thu đồng nào"),
    ],
)
async def test_an_invention_is_never_shown_not_even_in_a_stream(server, written, answerer, wrong):
    server.written = wrong
    *pieces, last = [piece async for piece in written.stream(ASKED)]
    assert "".join(pieces) == last.text == (await answerer.answer(ASKED)).text


async def test_the_model_sees_several_passages_and_may_cite_others_beside_the_first(server, written):
    told = "Dạ, anh chị đến công an xã, phường bất kỳ ạ."
    other = writing(told, "the-noi-lam", "đến công an xã, phường bất kỳ")
    server.written = {**other, "citations": [*server.written["citations"], *other["citations"]]}
    answer = await written.answer(ASKED)
    sent = json.dumps(server.requests[0]["messages"][-1], ensure_ascii=False)
    assert "the-le-phi" in sent
    assert "the-noi-lam" in sent
    assert {citation.id for citation in answer.citations} == {"the-le-phi", "the-noi-lam"}
    assert "công an xã, phường bất kỳ" in answer.text


async def test_an_outdated_passage_is_never_given_to_the_model(server, written):
    await written.answer(Question("Trường công có thu học phí không?"))
    assert "hoc-phi-cu" not in json.dumps(server.requests, ensure_ascii=False)


async def test_what_must_be_framed_is_given_alone(server, written):
    answer = await written.answer(Question("Sách giáo khoa được miễn phí từ khi nào?"))
    assert answer.behaviour is Behaviour.ANSWER
    assert json.dumps(server.requests[0]["messages"][-1]).count('\\"id\\"') == 1
