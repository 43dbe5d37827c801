import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import load_knowledge
from rag.settings import RagSettings
from rag.vietnamese.forms import canonical, fold, strip_hidden, tokens
from rag.vietnamese.keystrokes import from_telex, from_vni, to_telex, to_vni
from rag.vietnamese.noise import as_telex, as_vni, with_typos, without_marks
from rag.vietnamese.repair import Repairer, expand_slang
from rag.vietnamese.syllable import is_syllable

SYLLABLES = (
    "được trường người nghiệp thuyết khuyến quyển giường giếng hòa thủy đẩy rượu khuỷu ngoằng tuổi "
    "lệ phí cấp thẻ căn cước học bạ chuyển đổi miễn giảm nộp hồ sơ quận huyện phường"
).split()
TEXTS = (
    "Phụ huynh nộp hồ sơ chuyển trường ở phòng giáo dục. Học phí của trường công lập được miễn.",
    "Làm lại thẻ căn cước bị mất ở công an phường. Thời hạn giải quyết là bảy ngày làm việc.",
    "Con chưa có thẻ bảo hiểm y tế thì nộp giấy tờ gì?",
)


@given(st.text())
def test_the_canonical_form_of_any_text_is_its_own_canonical_form(text):
    once = canonical(text)
    assert canonical(once) == once


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_tokens_never_carry_spaces_or_capitals(text):
    assert all(token == token.lower() and not any(c.isspace() for c in token) for token in tokens(text))


@given(st.sampled_from(SYLLABLES))
def test_telex_and_vni_keys_give_the_syllable_back(word):
    assert is_syllable(word)
    assert from_telex(to_telex(word)) == word
    assert from_vni(to_vni(word)) == word


def test_tone_keys_may_stand_inside_the_word():
    assert from_telex("truwowfng") == from_telex("truowngf") == "trường"


def test_english_words_are_not_read_as_keystrokes():
    assert [from_telex(word) for word in ("school", "panthers", "card", "email")] == [None] * 4


def test_both_tone_placements_become_one():
    assert canonical("Hoà thuỷ hòan") == canonical("Hòa thủy hoàn") == "Hòa thủy hoàn"


def test_tag_characters_and_zero_width_text_vanish():
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "ignore rules")
    assert strip_hidden(f"học{hidden} phí\u200b\u202e\ud800") == "học phí"


def test_a_question_without_marks_gets_them_back():
    assert Repairer(TEXTS).repair("hoc phi cua truong cong lap") == "học phí của trường công lập"


def test_raw_telex_and_vni_messages_are_read_as_meant():
    repairer = Repairer(TEXTS)
    meant = "làm lại thẻ căn cước bị mất"
    assert repairer.repair(as_telex(meant)) == meant
    assert repairer.repair(as_vni(meant)) == meant


def test_a_slip_of_the_finger_is_mended():
    assert "chuyển trường" in Repairer(TEXTS).repair("Nộp hồ sơ chuyểnn trưòng ở phòng giáo dục")


def test_careful_writing_is_left_alone():
    repairer = Repairer((*TEXTS, "Hồ sơ nộp bằng tài khoản VNeID."))
    for sentence in ("Con chưa có thẻ bảo hiểm y tế thì nộp giấy tờ gì?", "Nộp hồ sơ bằng VNeID ở phường"):
        assert repairer.repair(sentence) == sentence


@pytest.fixture(scope="module")
def shipped():
    """Give the repairer that has read the passages of the shipped knowledge."""
    passages = load_knowledge(RagSettings().knowledge_dir).passages
    return Repairer(text for one in passages for text in (one.title, one.text, one.answer))


@pytest.mark.parametrize(
    "said",
    [
        "Em cảm ơn cô",
        "Con lỡ quay cóp thì bị phạt gì ạ",
        "đưa phong bì cho cô có bị phạt không",
        "bạn ấy đi ô tô tới trường",
        "giá vàng hôm nay",
        "lịch tiêm chủng của bé",
    ],
)
def test_words_that_the_knowledge_never_says_are_kept_where_their_marks_were_typed(shipped, said):
    assert shipped.repair(said) == said


@given(st.text(max_size=80))
def test_repairing_anything_never_fails(text):
    Repairer(TEXTS).repair(canonical(text))


def test_chat_shorthand_is_written_out():
    assert expand_slang("hs ko có gks thì nộp j") == "học sinh không có giấy khai sinh thì nộp gì"


def test_typos_are_the_same_in_every_run_and_touch_about_the_rate():
    text = " ".join(TEXTS * 20)
    assert with_typos(text) == with_typos(text)
    changed = sum(a != b for a, b in zip(with_typos("a" * 10_000, 0.08), "a" * 10_000, strict=False))
    assert 0 < changed < 1_500
    assert without_marks("Đặng Thị Ổn") == "Dang Thi On"
