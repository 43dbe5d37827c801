"""The commands as an operator types them: one JSON object or one file, a clear word when something is wrong."""

import json

import pytest
from docx import Document

from rag.__main__ import main
from rag.corpus import read_squad

LAW = (
    "Điều 1. Lệ phí",
    "1. Cấp lần đầu không thu lệ phí của học sinh.",
    "2. Cấp lại do mất thu 70.000 đồng mỗi thẻ.",
    "Điều 2. Thời hạn",
    "Thời hạn giải quyết là 07 ngày làm việc kể từ khi nhận đủ hồ sơ.",
)


@pytest.fixture(autouse=True)
def _own_knowledge(knowledge_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("CONGTRUONG_RAG_KNOWLEDGE_DIR", str(knowledge_dir))
    monkeypatch.setenv("CONGTRUONG_RAG_CACHE_DIR", str(tmp_path / "cache"))


def markdown(path):
    path.write_text(
        "\n\n".join(f"## {line}" if line.startswith("Điều") else line for line in LAW), encoding="utf-8"
    )


def html(path):
    path.write_text(
        f"<html><body>{''.join(f'<p>{line}</p>' for line in LAW)}</body></html>", encoding="utf-8"
    )


def docx(path):
    document = Document()
    for line in LAW:
        document.add_paragraph(line)
    document.save(str(path))


@pytest.mark.parametrize(("name", "write"), [("luat.md", markdown), ("luat.html", html), ("luat.docx", docx)])
def test_a_document_becomes_draft_passages_that_read_back(name, write, tmp_path, capsys):
    write(tmp_path / name)
    out = tmp_path / "nhap.json"
    assert main(["import", str(tmp_path / name), "--out", str(out), "--source", "Thông tư 1/2026"]) == 0
    assert json.loads(capsys.readouterr().out)["passages"] == 3
    passages = read_squad(out)
    assert [p.article for p in passages] == ["Điều 1, khoản 1", "Điều 1, khoản 2", "Điều 2"]
    assert "70.000 đồng" in passages[1].text
    assert {(p.source, p.confidence.value) for p in passages} == {("Thông tư 1/2026", "U")}


def test_a_file_that_is_no_document_is_named_and_not_a_traceback(tmp_path, capsys):
    (tmp_path / "hong.docx").write_bytes(b"not a zip")
    assert main(["import", str(tmp_path / "hong.docx"), "--out", str(tmp_path / "x.json")]) == 2
    assert "rag import:" in capsys.readouterr().err


def test_the_knowledge_is_exported_as_chat_lines(tmp_path, capsys):
    out = tmp_path / "sft.jsonl"
    assert main(["export-sft", "--out", str(out)]) == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert json.loads(capsys.readouterr().out)["lines"] == len(lines) > 0
    assert [m["role"] for m in lines[0]["messages"]] == ["system", "user", "assistant"]


def test_a_batch_gives_one_line_a_question_in_order(tmp_path, capsys):
    rows = [
        {"id": "a", "question": "Làm thẻ căn cước cho con ở đâu?"},
        {"id": 2, "question": "vậy có mất tiền không ạ", "history": ["Làm thẻ căn cước cho con ở đâu?"]},
        {"question": ""},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    assert main(["ask", "--batch", str(source), "--out", str(out)]) == 0
    told = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in told] == ["a", 2, None]
    assert all(one.keys() >= {"behaviour", "answer", "citations", "confidence", "ms"} for one in told)
    assert told[1]["citations"][0]["id"] == "the-le-phi"


def test_a_broken_line_of_a_batch_is_named(tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "question": "Học phí?"}\n{"id": 2}\n', encoding="utf-8")
    assert main(["ask", "--batch", str(source)]) == 2
    assert "line 2" in capsys.readouterr().err


def test_evaluation_prints_one_object_with_the_promised_keys(tmp_path, capsys):
    file = tmp_path / "squad.json"
    file.write_text(
        json.dumps(
            {
                "data": [
                    {
                        "paragraphs": [
                            {
                                "context": "Trường mở cửa lúc bảy giờ sáng mỗi ngày.",
                                "qas": [
                                    {
                                        "question": "Trường mở cửa lúc mấy giờ?",
                                        "answers": [{"text": "bảy giờ sáng"}],
                                    },
                                    {"question": "Hiệu trưởng tên gì?", "is_impossible": True, "answers": []},
                                ],
                            },
                            {"context": "Trường mở cửa lúc bảy giờ sáng mỗi ngày.", "qas": []},
                            {
                                "context": "Lệ phí cấp lại thẻ là 70.000 đồng một lần.",
                                "qas": [
                                    {
                                        "id": 7,
                                        "question": "Cấp lại thẻ hết bao nhiêu tiền?",
                                        "answers": [{"text": "70.000 đồng"}],
                                    }
                                ],
                            },
                        ]
                    }
                ]
            }
        ),
        encoding="utf-8",
    )
    assert main(["evaluate", str(file), "--queries", "folded"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["r@1"] == 1.0
    assert told["passages"] == 2
    wanted = {
        "r@5",
        "r@10",
        "mrr@10",
        "ndcg@10",
        "em",
        "f1",
        "em_vi",
        "f1_vi",
        "abstention_auroc",
        "ms_p50",
        "ms_p95",
    }
    assert told.keys() >= wanted


@pytest.mark.parametrize(
    "content", ["[]", '{"data": 3}', "no json", '{"data": [{"paragraphs": [{"qas": []}]}]}']
)
def test_a_file_that_is_not_squad_is_named(content, tmp_path, capsys):
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "x.json")]) == 2
    assert "x.json" in capsys.readouterr().err


def test_an_empty_file_gives_zeros(tmp_path, capsys):
    (tmp_path / "x.json").write_text('{"data": []}', encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "x.json")]) == 0
    assert json.loads(capsys.readouterr().out)["r@1"] == 0
