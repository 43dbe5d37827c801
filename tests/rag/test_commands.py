"""The commands as an operator types them: one JSON object or one file, a clear word when something is wrong."""

import json

import pytest
from docx import Document

from rag.__main__ import main
from rag.batch import answer_each
from rag.corpus import read_squad
from rag.values import Answer, Behaviour, Question

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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ("7", "line 2: not an object"),
        ('{"id": 1}', "line 2: the field 'question' is missing"),
        ('{"question": ["a"]}', "line 2: the field 'question' should be text"),
        ('{"question": "a", "history": "b"}', "line 2: the field 'history' should be a list"),
        ('{"question": "a", "history": [null]}', "line 2: a turn of 'history' should be"),
        ('{"question": "a", "history": [["user", "b"]]}', "line 2: a turn of 'history' should be"),
        ('{"question": "a", "history": [{"role": "user", "text": ["b"]}]}', "line 2: the field 'text'"),
        ('{"question": "a", "locale": {}}', "line 2: the field 'locale' should be text"),
    ],
)
def test_a_line_that_is_no_question_is_told_before_anything_is_answered(tmp_path, capsys, line, said):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(f'{{"id": 1, "question": "Học phí?"}}\n{line}\n', encoding="utf-8")
    out.write_text("an earlier run")
    assert main(["ask", "--batch", str(source), "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert out.read_text() == "an earlier run"


def test_a_batch_of_another_encoding_and_one_that_would_overwrite_itself_are_refused(tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_text('{"question": "Học phí?"}', encoding="utf-16")
    assert main(["ask", "--batch", str(source)]) == 2
    assert "in.jsonl: not UTF-8 text" in capsys.readouterr().err
    source.write_text('{"question": "Học phí?"}', encoding="utf-8")
    assert main(["ask", "--batch", str(source), "--out", str(source)]) == 2
    assert "name another file" in capsys.readouterr().err
    assert "Học phí" in source.read_text(encoding="utf-8")


async def test_what_a_batch_answered_stays_when_it_is_stopped(tmp_path):
    class Tired:
        async def answer(self, question):
            if question.text == "hai":
                raise KeyboardInterrupt
            return Answer(Behaviour.GREETING, "Dạ")

    out = tmp_path / "out.jsonl"
    with out.open("w", encoding="utf-8") as file, pytest.raises(KeyboardInterrupt):
        await answer_each(Tired(), [(n, Question(n)) for n in ("một", "hai", "ba")], file)
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["một"]


async def test_half_a_character_in_an_id_loses_no_answer(tmp_path):
    class Content:
        async def answer(self, question):
            return Answer(Behaviour.ANSWER, question.text)

    with (tmp_path / "out.jsonl").open("w", encoding="utf-8") as file:
        await answer_each(Content(), [("\ud800", Question("một")), ("b", Question("hai"))], file)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["\ud800", "b"]


@pytest.mark.parametrize(
    "arguments", [["ask"], ["ask", ""], ["ask", "a", "--batch", "b"], ["ask", "a", "--out", "b"]]
)
def test_a_question_and_a_file_exclude_each_other(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("rag ask: ")


def test_a_report_that_cannot_be_written_is_told_before_the_minutes_of_work(tmp_path, capsys):
    assert main(["report", "--out", str(tmp_path / "nowhere" / "page.html")]) == 2
    assert capsys.readouterr().err.endswith("page.html: No such file or directory\n")


def test_foreign_fields_and_loose_forms_of_a_squad_file_do_not_stop_its_evaluation(tmp_path, capsys):
    qas = [
        {"id": 1, "question": "Cá heo sống ở đâu?", "answers": ["biển"]},
        {"id": 1, "question": 2026, "answers": [{"text": 7, "answer_start": 0}]},
    ]
    paragraph = {"context": "Cá heo là loài thú sống ở biển.", "qas": qas, "confidence": "high", "status": 3}
    data = [{"title": 9, "effective_from": "hè", "paragraphs": [paragraph]}]
    (tmp_path / "x.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "x.json")]) == 0
    assert json.loads(capsys.readouterr().out)["questions"] == 2


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
    "content",
    [
        "[]",
        "null",
        '"x"',
        "[" * 100_000,
        '{"data": 3}',
        "no json",
        '{"data": [{"paragraphs": [{"qas": []}]}]}',
        '{"data": [{"paragraphs": [{"context": ["a"]}]}]}',
    ],
)
def test_a_file_that_is_not_squad_is_named(content, tmp_path, capsys):
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "x.json")]) == 2
    said = capsys.readouterr().err
    assert "x.json" in said
    assert "Error" not in said


def test_an_empty_file_gives_zeros(tmp_path, capsys):
    (tmp_path / "x.json").write_text('{"data": []}', encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "x.json")]) == 0
    assert json.loads(capsys.readouterr().out)["r@1"] == 0


def test_an_imported_document_is_linted_completed_and_then_found(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "own"
    (folder / "topics").mkdir(parents=True)
    monkeypatch.setenv("CONGTRUONG_RAG_KNOWLEDGE_DIR", str(folder))
    markdown(tmp_path / "luat.md")
    draft = folder / "topics" / "luat.json"
    assert (
        main(["import", str(tmp_path / "luat.md"), "--out", str(draft), "--source", "Thông tư 1/2026"]) == 0
    )
    assert main(["lint"]) == 1
    assert "lacks answer" in capsys.readouterr().out
    content = json.loads(draft.read_text(encoding="utf-8"))
    for number, paragraph in enumerate(content["data"][0]["paragraphs"]):
        paragraph |= {"answer": paragraph["context"], "confidence": "V1", "effective_from": "2026-01-01"}
        asked = {"id": f"q{number}", "question": f"Về {paragraph['title']}: {paragraph['context']}"}
        paragraph["qas"] = [asked | {"answers": [{"text": paragraph["context"], "answer_start": 0}]}]
    draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert main(["ask", "Cấp lại thẻ do mất thì thu bao nhiêu tiền?", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["citations"][0]["id"] == "luat-2"
    assert "70.000" in told["answer"]


def test_two_files_of_one_name_are_refused_before_anything_is_written(tmp_path, capsys):
    markdown(tmp_path / "luat.md")
    html(tmp_path / "luat.html")
    out = tmp_path / "nhap.json"
    assert main(["import", str(tmp_path / "luat.md"), str(tmp_path / "luat.html"), "--out", str(out)]) == 2
    assert "rename one" in capsys.readouterr().err
    assert not out.exists()


def test_a_file_of_windows_with_a_mark_and_double_contexts_is_evaluated(tmp_path, capsys):
    context = "Trường mở cửa lúc bảy giờ sáng.\r\nThư viện đóng cửa lúc năm giờ chiều."
    twice = [
        {"context": context, "qas": [{"id": n, "question": asked, "answers": answers}]}
        for n, (asked, answers) in enumerate(
            [
                ("Trường mở cửa lúc mấy giờ?", [{"text": "bảy giờ sáng", "answer_start": 18}]),
                ("Thư viện đóng cửa lúc nào?", []),
            ]
        )
    ]
    raw = json.dumps({"version": "1.0", "data": [{"title": "MLQA", "paragraphs": twice}]}, indent=1)
    (tmp_path / "w.json").write_bytes(b"\xef\xbb\xbf" + raw.replace("\n", "\r\n").encode())
    assert main(["evaluate", str(tmp_path / "w.json"), "--queries", "vni"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["passages"], told["questions"], told["r@1"]) == (1, 2, 1.0)


async def test_a_store_is_filled_by_command_and_only_what_is_new_is_embedded(
    postgres_server, tmp_path, capsys
):
    markdown(tmp_path / "luat.md")
    more = str(tmp_path / "luat.json")
    assert main(["import", str(tmp_path / "luat.md"), "--out", more]) == 0
    async with postgres_server.clone("rag_index", template="template1") as url:
        capsys.readouterr()
        told = []
        for files in ([], [more], [more, more]):
            status = main(["index", "--database", url, *files])
            told.append((status, capsys.readouterr()))
        first, second = (json.loads(out.out) for _, out in told[:2])
        assert first["embedded"] == first["passages"]
        assert (second["passages"], second["embedded"]) == (first["passages"] + 3, 3)
        assert second["version"] != first["version"]
        assert told[2][0] == 2
        assert "luat-" in told[2][1].err


def test_files_without_a_store_are_refused(tmp_path, capsys):
    assert main(["index", str(tmp_path / "x.json")]) == 2
    assert "--database" in capsys.readouterr().err
