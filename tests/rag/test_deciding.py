from datetime import date

import pytest

from rag.deciding import Framing, decide, fitting, for_this_age, holds_here, known_hit
from rag.retrieval.search import Hit
from rag.values import Confidence, KnownQuestion, Passage, Status

TODAY = date(2026, 11, 21)


def hit(**more):
    return Hit(Passage(id="p", title="", text="Câu.", **more), 0, 1.0, "Câu.")


def test_a_superseded_passage_gives_way_to_what_corrects_it():
    current = Passage(id="new", title="", text="Nay thì khác.")
    decided = decide(hit(status=Status.SUPERSEDED, corrected_by=("new",)), TODAY, {"new": current})
    assert decided.framing is Framing.SUPERSEDED
    assert decided.hit.passage is current


def test_a_superseded_passage_that_nothing_corrects_is_not_asserted():
    assert decide(hit(status=Status.SUPERSEDED), TODAY, {}).framing is Framing.UNSURE


def test_a_passage_whose_time_is_over_counts_as_superseded():
    assert decide(hit(effective_to=date(2026, 11, 20)), TODAY, {}).framing is Framing.UNSURE
    assert decide(hit(effective_to=TODAY), TODAY, {}).framing is Framing.PLAIN


def test_a_rule_of_tomorrow_is_said_to_be_of_tomorrow():
    assert decide(hit(effective_from=date(2026, 11, 22)), TODAY, {}).framing is Framing.FUTURE
    assert decide(hit(effective_from=TODAY), TODAY, {}).framing is Framing.PLAIN
    assert decide(hit(status=Status.FUTURE, since="năm 2029"), TODAY, {}).framing is Framing.FUTURE


def test_an_unsure_passage_is_never_asserted():
    assert decide(hit(confidence=Confidence.U), TODAY, {}).framing is Framing.UNSURE


def test_a_local_rule_holds_at_home_or_where_the_question_names_the_place():
    local = Passage(id="p", title="", text="", province="Thành phố Hồ Chí Minh")
    assert holds_here("TP.HCM", "")(local)
    assert holds_here(None, "ở Sài Gòn thì sao")(local)
    assert not holds_here("Hà Nội", "học phí bao nhiêu")(local)
    assert not holds_here(None, "học phí bao nhiêu")(local)


@pytest.mark.parametrize("said", ["ở Hà Nội?", "nhà mình bên Cầu Giấy.", "in Hanoi, please"])
def test_a_place_is_read_beside_a_sign_and_by_the_name_of_its_district(said):
    assert holds_here(None, said)(Passage(id="p", title="", text="", province="Hà Nội"))
    assert not holds_here(None, said)(Passage(id="p", title="", text="", province="TP.HCM"))


def test_a_place_that_is_only_compared_with_is_not_where_the_parent_lives():
    saigon = Passage(id="p", title="", text="", province="TP.HCM")
    assert not holds_here("Cần Thơ", "học trường tư có được hỗ trợ như TP.HCM không")(saigon)
    assert holds_here(None, "quận 7 có được hỗ trợ như Hà Nội không")(saigon)


ELSEWHERE = (
    "nghe nói TP.HCM được hỗ trợ 80.000 đồng, mình ở Cần Thơ có được không",
    "TP.HCM hỗ trợ học sinh trường tư, vậy Cần Thơ hỗ trợ bao nhiêu",
    "con chuyển từ TP.HCM về Cần Thơ học trường tư thì được bao nhiêu",
    "em quê Sài Gòn, con học trường tư ở Cần Thơ được hỗ trợ gì",
    "TP.HCM cho 180.000 đồng, tỉnh mình có cho không",
    "o can tho co duoc 120.000 nhu sai gon khong",
    "ở TP.HCM có trần thu dịch vụ, Lâm Đồng thì sao",
    "nghe nói TP.HCM được 180.000 đồng một tháng, Huế có được thế không",
    "private school support in Hue per month, like 80.000 in TP.HCM?",
    "Does Can Tho pay 80.000 dong like HCMC?",
)


@pytest.mark.parametrize("asked", ELSEWHERE)
@pytest.mark.parametrize("own", ["Cần Thơ", None])
def test_a_figure_of_a_province_is_never_told_for_another_that_is_meant(own, asked):
    assert not holds_here(own, asked)(Passage(id="p", title="", text="", province="TP.HCM"))


@pytest.mark.parametrize(
    "asked",
    [
        "TP.HCM và Hà Nội hỗ trợ trường tư khác nhau thế nào",
        "con chuyển từ Long An lên TP.HCM thì được hỗ trợ bao nhiêu",
        "hoc truong tu tphcm duoc ho tro may tien",
        "hộ khẩu Bến Tre, con học ở quận 7",
        "nhà em ở Bình Dương cũ",  # of TP.HCM since 1 July 2025
        "nghe nói Sài Gòn hỗ trợ trường tư, có đúng không",
    ],
)
def test_a_province_that_is_meant_is_read_however_it_is_said(asked):
    assert holds_here(None, asked)(Passage(id="p", title="", text="", province="TP.HCM"))


UNDER_16 = Hit(
    Passage(id="under", title="", text="Câu.", answer="Con dưới 16 tuổi làm lại thẻ không mất phí."),
    0,
    3.0,
    "",
)
EVERYBODY = Hit(Passage(id="all", title="", text="Câu.", answer="Làm lại thẻ 35.000 đồng."), 1, 2.0, "")
FAR = Hit(Passage(id="far", title="", text="Câu.", answer="Trường mở cửa lúc 7 giờ."), 2, -9.0, "")


@pytest.mark.parametrize(
    "asked", ["16 tuổi mất thẻ làm lại bao nhiêu", "con em 17t bị mất thẻ", "dua nho tron 16 tuoi"]
)
def test_a_rule_for_younger_children_is_not_told_of_an_older_one(asked):
    assert for_this_age((UNDER_16, EVERYBODY), asked) == [EVERYBODY]


@pytest.mark.parametrize(
    "asked",
    [
        "con 15 tuổi mất thẻ",
        "con mất thẻ",
        "dưới 16 tuổi có mất phí không",
        "con 17 tuổi, em nó 5 tuổi",
        "ngày 16/7",
    ],
)
def test_a_rule_for_children_stays_where_no_older_one_is_asked_about(asked):
    assert list(for_this_age((UNDER_16, EVERYBODY), asked)) == [UNDER_16, EVERYBODY]


WARNED = Hit(
    Passage(id="warned", title="", text="Câu.", answer="Con từ đủ 14 đến dưới 16 tuổi chỉ bị cảnh cáo."),
    0,
    3.0,
    "",
)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [("con 9 tuổi chưa làm thẻ", False), ("con 14 tuổi", True), ("con 15 t", True), ("con 16 tuổi", False)],
)
def test_a_rule_for_an_age_band_is_told_of_children_in_it_alone(asked, fits):
    assert (WARNED in for_this_age((WARNED, EVERYBODY), asked)) is fits


def test_a_rule_for_younger_children_stays_where_only_another_matter_is_left():
    assert for_this_age((UNDER_16, FAR), "con 17 tuổi mất thẻ") == (UNDER_16, FAR)
    assert for_this_age((), "con 17 tuổi") == ()


OLD_DIPLOMA = Hit(
    Passage(id="thpt", title="", text="Câu.", answer="Bằng THPT cũ do Sở GDĐT giữ sổ."), 0, 3.0, ""
)
LOWER = Hit(Passage(id="thcs", title="", text="Câu.", answer="Bằng THCS cũ hỏi UBND cấp xã."), 1, 2.5, "")
ANY_LEVEL = Hit(Passage(id="any", title="", text="Câu.", answer="Bản sao xin ở nơi giữ sổ gốc."), 2, 2.0, "")


@pytest.mark.parametrize("asked", ["mất bằng tốt nghiệp thcs", "mat bang cap 2", "bằng học xong lớp 9"])
def test_what_is_for_another_level_of_school_is_not_told(asked):
    assert list(fitting((OLD_DIPLOMA, LOWER, ANY_LEVEL), asked)) == [LOWER, ANY_LEVEL]


def test_what_tells_of_one_level_after_another_is_told_of_each():
    both = "Trường tiểu học, THCS do UBND xã quản lý. Trường THPT do Sở GDĐT quản lý."
    owner = Hit(Passage(id="owner", title="", text="Câu.", answer=both), 0, 3.0, "")
    assert next(iter(fitting((owner, ANY_LEVEL), "trường cấp 3 do ai quản lý"))) is owner


def test_what_holds_from_one_level_to_another_is_told_of_each_between():
    free = Hit(
        Passage(id="all", title="", text="Câu.", answer="Từ mầm non đến hết THPT được miễn."), 0, 3.0, ""
    )
    assert list(fitting((free, ANY_LEVEL), "học phí lớp 3")) == [free, ANY_LEVEL]


@pytest.mark.parametrize(
    ("asked", "told"),
    [("thủ tục vào lớp 1", False), ("con lớp 9 đăng ký thế nào", True), ("vào lớp 10", True)],
)
def test_how_a_level_is_entered_is_told_of_it_and_of_the_last_grade_before_it(asked, told):
    entering = Hit(Passage(id="10", title="", text="Câu.", answer="Vào lớp 10: xem kế hoạch."), 0, 3.0, "")
    assert (entering in fitting((entering, ANY_LEVEL), asked)) is told


@pytest.mark.parametrize("asked", ["mất bằng tốt nghiệp", "lớp 9 lên cấp 3", "bằng cấp 3"])
def test_where_no_level_or_that_one_is_asked_about_all_stay(asked):
    assert next(iter(fitting((OLD_DIPLOMA, LOWER), asked))) is OLD_DIPLOMA


def test_words_that_a_passage_is_known_to_answer_are_answered_by_it_however_near_another_lies():
    known = (
        KnownQuestion("k:1", "Chuyển trường", is_impossible=False),
        KnownQuestion("k:2", "đi du học", is_impossible=True),
    )
    steps = Hit(Passage(id="steps", title="", text="Câu.", questions=known), 1, 1.0, "")
    assert list(fitting((EVERYBODY, steps), "da chuyen truong a")) == [steps, EVERYBODY]
    assert known_hit((EVERYBODY, steps), "chuyển trường tư") is None
    assert known_hit((EVERYBODY, steps), "đi du học") is None
