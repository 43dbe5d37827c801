"""A small knowledge folder and an answerer over it, with the real embedder."""

import json
from datetime import date
from pathlib import Path

import pytest

from rag.answerer import Answerer
from rag.build import build_answerer
from rag.settings import RagSettings

TODAY = date(2026, 11, 21)


def paragraph(id_, context, answer, questions, **more):
    return {
        "id": id_,
        "context": context,
        "source": "Nghị định thử nghiệm 1/2026/NĐ-CP",
        "article": "Điều 1",
        "effective_from": "2026-01-01",
        "effective_to": None,
        "province": None,
        "confidence": "V1",
        "status": "cur",
        "fact_ids": [],
        "procedure_id": None,
        "answer": answer,
        "qas": [
            {
                "id": f"{id_}-q{n}",
                "question": text,
                "is_impossible": False,
                "answers": [{"text": context.split(" ")[0], "answer_start": 0}],
            }
            for n, text in enumerate(questions)
        ],
    } | more


PARAGRAPHS = [
    paragraph(
        "the-noi-lam",
        "Phụ huynh đưa con đến công an xã, phường bất kỳ để làm thẻ căn cước. Không phân biệt nơi cư trú.",
        "Anh chị đưa con đến công an xã, phường nào cũng được.",
        ["Làm thẻ căn cước cho con ở đâu?"],
    ),
    paragraph(
        "the-le-phi",
        "Cấp thẻ căn cước lần đầu không thu lệ phí; cấp lại do mất thẻ thu 70.000 đồng.",
        "Lần đầu miễn phí, làm lại do mất thì 70.000 đồng.",
        ["Làm thẻ căn cước có mất tiền không?"],
    ),
    paragraph(
        "hoc-phi-cong-lap",
        "Học sinh trường công lập từ mầm non đến trung học phổ thông được miễn học phí.",
        "Học sinh trường công được miễn học phí.",
        ["Trường công có thu học phí không?"],
    ),
    paragraph(
        "hoc-phi-cu",
        "Trước đây học sinh trung học cơ sở trường công phải đóng học phí theo mức của tỉnh.",
        "",
        ["Học sinh cấp hai trường công phải đóng học phí theo mức của tỉnh phải không?"],
        status="sup",
        corrected_by=["hoc-phi-cong-lap"],
        source="Nghị định cũ 9/2021/NĐ-CP",
    ),
    paragraph(
        "sach-2029",
        "Sách giáo khoa được cấp miễn phí cho mọi học sinh từ năm học 2029-2030.",
        "Sách giáo khoa sẽ miễn phí cho mọi học sinh.",
        ["Sách giáo khoa được miễn phí từ khi nào?"],
        status="fut",
        effective_from="2029-09",
    ),
    paragraph(
        "an-trua-da-nang",
        "Đà Nẵng hỗ trợ tiền ăn trưa cho trẻ mầm non thuộc hộ cận nghèo.",
        "Trẻ mầm non hộ cận nghèo được hỗ trợ tiền ăn trưa.",
        ["Trẻ mầm non hộ cận nghèo được hỗ trợ ăn trưa không?"],
        status="loc",
        province="Đà Nẵng",
    ),
    paragraph(
        "xe-buyt",
        "Học sinh đi xe buýt dùng thẻ tháng giảm nửa giá vé.",
        "Học sinh được giảm nửa giá vé tháng xe buýt.",
        ["Học sinh đi xe buýt được giảm giá vé tháng không?"],
        confidence="K",
    ),
    paragraph(
        "chuyen-truong",
        "Hồ sơ chuyển trường gồm đơn xin chuyển trường, học bạ và giấy giới thiệu của trường cũ.",
        "Hồ sơ gồm đơn, học bạ và giấy giới thiệu của trường cũ.",
        ["Chuyển trường cần giấy tờ gì?"],
    ),
]


@pytest.fixture(scope="session")
def knowledge_dir(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "topics").mkdir()
    content = {"version": "2.0", "data": [{"title": "Thử", "topic": "TT", "paragraphs": PARAGRAPHS}]}
    (folder / "topics" / "thu.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def settings(knowledge_dir, tmp_path_factory) -> RagSettings:
    return RagSettings(knowledge_dir=knowledge_dir, cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def answerer(settings) -> Answerer:
    return build_answerer(settings, today=lambda: TODAY)
