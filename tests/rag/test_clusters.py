"""Questions that mean the same come together; questions about different things stay apart."""

from __future__ import annotations

from rag.clusters import group

ASKED = (
    ("Mấy giờ có xe đưa đón học sinh ạ?", "bus"),
    ("xe dua don cua truong chay may gio", "bus"),
    ("Giờ xe đưa đón các con là lúc nào", "bus"),
    ("Căng tin trường có bán đồ ăn sáng không?", "canteen"),
    ("Con em có mua được đồ ăn sáng ở căng tin không ạ", "canteen"),
    ("Trường có dạy bơi không ạ?", "swimming"),
    ("trường mình có lớp học bơi ko", "swimming"),
    ("Con để quên bình nước ở lớp thì tìm ở đâu?", "lost"),
    ("con em bỏ quên bình nước, đồ thất lạc tìm ở đâu ạ", "lost"),
    ("Wifi trong trường mật khẩu là gì?", "wifi"),
)


def test_groups_are_pure_and_few_are_split(answerer) -> None:
    groups = group([text for text, _ in ASKED], answerer.searcher)
    topics = [{ASKED[place][1] for place in places} for places in groups]
    assert all(len(one) == 1 for one in topics)
    assert len(groups) <= 7
    assert sorted(place for places in groups for place in places) == list(range(len(ASKED)))
    assert [len(places) for places in groups] == sorted((len(places) for places in groups), reverse=True)


def test_the_same_question_typed_anyhow_is_one_group(answerer) -> None:
    same = ["Trường có dạy bơi không ạ?", "truong co day boi khong a", "TRƯỜNG CÓ DẠY BƠI KHÔNG Ạ"]
    assert len(group(same, answerer.searcher)) == 1


def test_nothing_and_odd_texts_are_grouped_without_a_stumble(answerer) -> None:
    assert group([], answerer.searcher) == ()
    assert group(["một mình"], answerer.searcher) == ((0,),)
    odd = ["", "😀😀", "x" * 2000, "\u202e", "?"]
    assert sorted(place for places in group(odd, answerer.searcher) for place in places) == [0, 1, 2, 3, 4]
