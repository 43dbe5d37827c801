"""What only the school can tell is not answered with a passage of the law that lies near it."""

import pytest

from rag.understanding.own_school import is_beside_the_matter, is_of_the_school, ways_to_reach
from rag.values import KnownQuestion, Passage


def passage(title, *questions, id_="p"):
    known = tuple(KnownQuestion(f"{id_}:{place}", text) for place, text in enumerate(questions))
    return Passage(id=id_, title=title, text="Câu.", questions=known)


CARD = passage("Cấp lại thẻ căn cước", "Con làm mất thẻ căn cước thì làm lại ở đâu?")
INSURANCE = passage("Bảo hiểm y tế học sinh", "BHYT học sinh có bắt buộc không?")
LEAVE = passage("Xin nghỉ học", "Con ốm thì xin nghỉ học thế nào?")
MOVING = passage("Chuyển trường", "Chuyển trường cho con cần giấy tờ gì?")


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("mất thẻ học sinh thì làm lại ở đâu", CARD),
        ("bảo hiểm thân thể có bắt buộc không", INSURANCE),
        ("không, tôi hỏi bảo hiểm tai nạn chứ không phải bhyt", INSURANCE),
        ("mai nghỉ học không ạ", LEAVE),
        ("bão có nghỉ học không", LEAVE),
        ("xin chuyển lớp cho con", MOVING),
        ("xin giấy xác nhận học sinh", CARD),
        ("chuyển khoản dư tiền học", MOVING),
        ("xin hoãn đóng học phí", MOVING),
        ("bao giờ thi học kì", passage("Thi tốt nghiệp", "Lịch thi tốt nghiệp?")),
        ("hk này bao giờ thi", passage("Thi tốt nghiệp", "Lịch thi tốt nghiệp?")),
        ("Tết này học sinh được nghỉ từ hăm mấy", passage("Vé giảm giá", "Tết đi tàu có được giảm vé?")),
        ("nghỉ bão", LEAVE),
        ("khi nào các con đi học lại", LEAVE),
        ("học bạ bị mất", passage("Học bạ số", "Học bạ số là gì?")),
        ("điện thoại trong lớp", passage("Vật cấm", "Mang điện thoại vào phòng thi bị gì?")),
        ("bán trú", passage("Chính sách vùng cao", "Chế độ bán trú của học sinh dân tộc?")),
        ("cho em hỏi về thẻ học sinh ạ", passage("Vé giảm giá", "Đưa thẻ học sinh có được giảm vé không?")),
    ],
)
def test_a_near_passage_that_does_not_speak_of_the_schools_matter_is_no_answer(asked, near):
    assert is_of_the_school(asked)
    assert is_beside_the_matter(asked, near)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("mất thẻ học sinh thì làm lại ở đâu", passage("Thẻ học sinh", "Mất thẻ học sinh làm sao?")),
        ("tiền bán trú có được miễn không", passage("Khoản thu", "Vẫn phải đóng tiền bán trú?")),
        ("mang điện thoại vào phòng thi", passage("Vật cấm", "Mang điện thoại vào phòng thi bị gì?")),
        ("mất thẻ học sinh", passage("Nội quy", "Làm lại thẻ thế nào?", id_="school:1")),
        # It stands beside what is asked.
        ("con rơi mất thẻ căn cước, tuần sau lại thi học kỳ, làm lại ở đâu", CARD),
        (
            "có người lạ nhắn đòi tiền ăn của con. có nên chuyển khoản không",
            passage("Lừa đảo", "Đòi tiền qua tin nhắn?"),
        ),
    ],
)
def test_what_names_the_matter_or_is_the_schools_own_is_told(asked, found):
    assert not is_beside_the_matter(asked, found)


@pytest.mark.parametrize(
    "asked",
    [
        "mất thẻ căn cước thì làm lại ở đâu",
        "con được lên lớp 10 không",
        "nghỉ bao nhiêu buổi thì ở lại lớp",
        "chuyển lớp 9 lên lớp 10 thi mấy môn",
        "con ốm xin nghỉ học thế nào",
        "thẻ căn cước của học sinh",
        "mai công an phường có làm việc không",
        "lịch thi tốt nghiệp 2027",
        "mất giấy khai sinh",
        "xác nhận hoàn thành chương trình học",
        "cổng dịch vụ công nào nộp được hồ sơ",
        "phải nộp đủ cả ba giấy à",
        "bà xài điện thoại cục gạch thì làm giấy tờ kiểu gì",
        "khiếu nại trường cấp 2 ở đâu",
    ],
)
def test_what_the_law_or_another_office_settles_is_not_the_schools_own(asked):
    assert not is_of_the_school(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "văn phòng mở mấy giờ",
        "gửi xe ở đâu",
        "thứ 7 trường có làm việc ko",
        "mấy h vô lớp",
        "hôm nay có học ko",
        "nghỉ tết mấy ngày",
        "trường cấm điện thoại đúng không",
        "con để quên cặp ở lớp",
        "when is the final exam",
    ],
)
def test_hours_rules_and_dates_are_heard_as_the_schools_own(asked):
    assert is_of_the_school(asked)


def test_a_parent_is_shown_the_way_to_the_office_that_the_school_has_entered():
    hours = passage("Giờ làm việc", "Giờ làm việc của trường?", "Mở cửa mấy giờ?", id_="school:1")
    uniform = passage("Đồng phục", "Đồng phục thế nào?", id_="school:2")
    assert ways_to_reach((CARD, hours, uniform)) == ("Giờ làm việc của trường?",)
