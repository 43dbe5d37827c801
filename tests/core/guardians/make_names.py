"""Makes names.csv: labelled pairs of names, each with how it was made. `python -m tests.core.guardians.make_names`.

Base names are put together from common words; nobody is meant. Even base names make the half on which the matcher
may be tuned, odd ones the half that is held out, so no name stands in both. The pairs of different people are the
near misses that a school really has: siblings, cousins, one tone apart, the same words in another order.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

FILE = Path(__file__).with_name("names.csv")
VIETNAMESE = (
    """
Nguyễn Thị Hòa|Trần Văn Thành|Lê Thị Thúy Hằng|Phạm Quốc Bảo|Hoàng Thị Mỹ Duyên|Huỳnh Ngọc Ánh|Phan Thanh Tùng
Vũ Thị Lý|Võ Hoàng Khánh|Đặng Thị Thủy Tiên|Bùi Xuân Trường|Đỗ Thị Ngọc Bích|Hồ Minh Đức|Ngô Thị Kiều Oanh
Dương Văn Hưởng|Lý Thị Thanh Huyền|Đinh Công Tráng|Trịnh Thị Phương Thảo|Đoàn Đức Mạnh|Mai Thị Quỳnh Như
Đào Trọng Nghĩa|Lâm Thị Bảo Trân|Phùng Quang Thắng|Cao Thị Hồng Nhung|Hà Văn Quyết|Lưu Thị Diệu Hiền
Lương Gia Khiêm|Tạ Thị Minh Nguyệt|Tôn Nữ Hoàng Anh|Triệu Văn Dũng|Kiều Thị Thu Trang|Quách Hữu Phước
Vương Thị Tuyết Mai|Đàm Quang Huy|Nghiêm Thị Hải Yến|Tống Văn Chiến|Nguyễn Hoàng Minh Châu|Trần Nguyễn Gia Hân
Lê Hữu Phát|Phạm Thị Thùy Dương
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
ETHNIC = "H'Hen Niê|Y Moan Êñuôl|H'Linh Êban|K'Brơi Rơ Chăm|Y-Khoa Niê|H'Wim Mlô".split("|")
FOREIGN = "Smith John Michael|Kim Min-jung|Müller Anna Katharina|Park Soo-yeon|Garcia Lopez Maria|Tanaka Hiroshi".split(
    "|"
)
Made = tuple[str, str]


def plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name).replace("đ", "d").replace("Đ", "D")
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def same_vietnamese(name: str) -> Iterator[Made]:
    """One person, written in the ways that rolls, cards and phones write."""
    words = name.split()
    family, middle, given = words[0], words[1:-1], words[-1]
    yield "capitals, as on the card", name.upper()
    yield "decomposed letters (NFD), as an iPhone sends", unicodedata.normalize("NFD", name)
    yield "typed without any mark", plain(name)
    yield "without marks in capitals, as in the card's MRZ", plain(name).upper()
    yield "spaces too many", f"  {'   '.join(words)} "
    yield "family name last", " ".join((*middle, given, family))
    yield "family name last without marks", plain(" ".join((*middle, given, family)))
    yield "family name, comma, the rest", f"{family}, {' '.join((*middle, given))}"
    yield "given name first, then family and middle", " ".join((given, family, *middle))
    yield "middle names as initials", " ".join((family, *(f"{word[0]}." for word in middle), given))
    yield (
        "initials but for the given name",
        f"{family[0]}.{''.join(f'{word[0]}.' for word in middle)} {given}",
    )
    yield "a middle name missing", " ".join((family, *middle[1:], given))
    yield "with a title", f"Bà {name}" if "Thị" in words else f"Ông {name}"
    yield "with the relation in brackets", f"{name} (mẹ)" if "Thị" in words else f"{name} (bố)"
    yield "family name without its mark only", " ".join((plain(family), *words[1:]))
    for how, mend in SLIPS:
        slipped = mend(name)
        if slipped != name:
            yield how, slipped


def _place_tone(name: str) -> str:
    """Hòa and Hoà, Thúy and Thuý, Thùy and Thuỳ: old and new places of the tone mark."""
    for new, old in (("òa", "oà"), ("úy", "uý"), ("ủy", "uỷ"), ("ùy", "uỳ"), ("õe", "oẽ")):
        name = name.replace(new, old)
    return name


def _i_for_y(name: str) -> str:
    for y, i in (("Mỹ", "Mĩ"), ("Lý", "Lí"), ("Quỳnh", "Quình")):
        name = name.replace(y, i)
    return name


def _nga_for_hoi(name: str) -> str:
    letters = unicodedata.normalize("NFD", name)
    swapped = letters.replace("\u0309", "#").replace("\u0303", "\u0309").replace("#", "\u0303")
    return unicodedata.normalize("NFC", swapped)


def _swap_letters(name: str) -> str:
    """Two neighbours of the longest word exchanged: Thnah."""
    words = name.split()
    place = max(range(len(words)), key=lambda n: len(words[n]))
    word = words[place]
    words[place] = word[:2] + word[3] + word[2] + word[4:] if len(word) > 4 else word
    return " ".join(words)


def _double_letter(name: str) -> str:
    words = name.split()
    words[0] = words[0] + words[0][-1]
    return " ".join(words)


def _telex(name: str) -> str:
    """The keyboard was off: the letters of Telex stand as they were typed."""
    signs = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
    shapes = {"\u0306": "w", "\u031b": "w"}
    words = []
    for word in name.split():
        letters, tone = "", ""
        for sign in unicodedata.normalize("NFD", word):
            if sign in signs:
                tone = signs[sign]
            elif sign == "\u0302":
                letters += letters[-1].lower()
            else:
                letters += {"đ": "dd", "Đ": "Dd"}.get(sign, shapes.get(sign, sign))
        words.append((letters + tone).replace("uwow", "uow"))
    return " ".join(words)


SLIPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("tone mark in the other place", _place_tone),
    ("i for y", _i_for_y),
    ("hỏi and ngã mixed up", _nga_for_hoi),
    ("two letters exchanged", _swap_letters),
    ("a letter of the family name twice", _double_letter),
    ("Telex with the keyboard off", _telex),
)

SAME_BY_HAND: tuple[tuple[str, str, str], ...] = (
    ("Nguyễn Thị Hoa", "Nguyễn Thi Hoa", "Thị without its mark"),
    ("Trần Văn Nam", "Trần Van Nam", "Văn without its mark"),
    ("Nguyễn Thị Hoa", "Ng. T. Hoa", "family name cut to Ng."),
    ("Nguyễn Văn Lộc", "Ng. Văn Lộc", "family name cut to Ng."),
    ("Trần Thị Bích", "Tr. Thị Bích", "family name cut to Tr."),
    ("Phạm Thị Thu", "Phạm Th. Thu", "Thị cut to Th."),
    ("Lê Thị Hoa", "Lê Thị Hoa Müller", "a husband's foreign family name added"),
    ("Võ Thị Lan", "Võ Thị Lan Smith", "a husband's foreign family name added"),
    ("Đỗ Thị Nga", "Nga Thi Do", "given name first, as abroad"),
    ("Bùi Thị Sen", "Sen Thi Bui", "given name first, as abroad"),
    ("Nguyễn Văn Ba", "NGUYEN VAN BA", "MRZ"),
    ("Ông Ích Khiêm", "Ong Ich Khiem", "a family name that is also a title"),
    ("Tôn Thất Lập", "TÔN THẤT LẬP", "a royal family name"),
    ("Nguyễn Phúc Bảo Long", "Nguyễn Phúc Bảo Long", "the same"),
    ("Huỳnh Thị Mười", "Huỳnh T Mười", "an initial without its dot"),
    ("Lê Đức Anh", "lê đức anh", "small letters"),
    ("Phan Thị Thanh Tâm", "Phan Thị Tâm", "one of two middle names missing"),
    ("Phan Thị Thanh Tâm", "Phan Thanh Tâm", "Thị missing"),
    ("Mai Văn Sỹ", "Mai Văn Sĩ", "i for y"),
    ("Lê Thuỷ", "Lê Thủy", "tone mark in the other place"),
)
SAME_ETHNIC: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("another apostrophe", lambda name: name.replace("'", "’")),
    ("no apostrophe or hyphen", lambda name: name.replace("'", " ").replace("-", " ")),
    ("written together", lambda name: name.replace("'", "").replace("-", "")),
    ("without marks", plain),
    ("capitals", str.upper),
)
SAME_FOREIGN: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("passport capitals", str.upper),
    ("family name last", lambda name: " ".join((*name.split()[1:], name.split()[0]))),
    ("no hyphen", lambda name: name.replace("-", " ")),
    ("hyphen closed up", lambda name: name.replace("-", "")),
    ("without marks", plain),
)
TONE_APART = (
    *(("Hòa", "Hoa"), ("Hòa", "Hóa"), ("Thành", "Thanh"), ("Hằng", "Hăng"), ("Hưởng", "Hương")),
    *(("Hưởng", "Hường"), ("Khánh", "Khanh"), ("Yến", "Yên"), ("Lý", "Ly"), ("Tùng", "Tứng"), ("Đức", "Dức")),
    *(("Dũng", "Dung"), ("Nhung", "Những"), ("Phát", "Phạt"), ("Thảo", "Thao"), ("Huyền", "Huyên")),
    *(("Oanh", "Oánh"), ("Bích", "Bịch"), ("Bảo", "Báo"), ("Trường", "Trương"), ("Thắng", "Thăng")),
)


def different_vietnamese(name: str) -> Iterator[Made]:
    """Somebody else whose name comes close."""
    words = name.split()
    family, middle, given = words[0], words[1:-1], words[-1]
    for one, other in TONE_APART:
        if given == one:
            yield "a tone or a letter's mark makes another given name", " ".join((family, *middle, other))
    other_family = "Trần" if family != "Trần" else "Nguyễn"
    yield "another family name", " ".join((other_family, *middle, given))
    yield "another family name, no marks", plain(" ".join((other_family, *middle, given)))
    yield "a sister or brother: another given name", " ".join((family, *middle, "Sương"))
    yield "another given name, no marks", plain(" ".join((family, *middle, "Sương"))).upper()
    swapped = {"Thị": "Văn", "Văn": "Thị"}.get(middle[0])
    if swapped:
        yield "a man and a woman: Thị and Văn", " ".join((family, swapped, *middle[1:], given))
    else:
        yield "another middle name", " ".join((family, "Duy", *middle[1:], given))
    if len(middle) > 1 or middle[0] not in {"Thị", "Văn"}:
        yield "middle and given name exchanged", " ".join((family, *middle[:-1], given, middle[-1]))
    yield "initials of another", f"{family} K. {given}"
    yield "the given name alone", given
    yield "father and child: the middle is the other's given name", f"{family} {given} Đạt"


DIFFERENT_BY_HAND: tuple[tuple[str, str, str], ...] = (
    ("Nguyễn Minh Anh", "Nguyễn Anh Minh", "middle and given name exchanged"),
    ("Nguyễn Thị Lan", "Nguyễn Thị Loan", "one letter makes another name"),
    ("Trần Thị Nga", "Trần Thị Ngà", "one tone makes another name"),
    ("Phạm Văn Linh", "Phạm Văn Ninh", "one letter makes another name"),
    ("Lê Văn Tâm", "Lê Văn Tám", "one mark makes another name"),
    ("Lê Văn Sơn", "Lê Văn Son", "one mark makes another name"),
    ("Vũ Thị Hạnh", "Vũ Thị Hanh", "one tone makes another name"),
    ("Đỗ Thị Bích", "Do Thi Bich Ngoc", "a longer given name, no marks"),
    ("Hồ Thị Kim Anh", "Hồ Thị Kim", "the given name missing"),
    ("Võ Thành Nam", "Võ Thanh Nam", "a tone makes another middle name"),
    ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "one mark makes another name"),
    ("Nguyễn Văn Hùng", "nguyen van huong", "another given name, no marks"),
    ("Trần Thị Bình", "tran thi binh minh", "a longer given name, no marks"),
    ("H'Hen Niê", "H'Hoa Niê", "sisters"),
    ("H'Hen Niê", "Y Hen Niê", "a woman and a man"),
    ("Y Moan Êñuôl", "Y Moan Êban", "another clan"),
    ("Y Thanh Êban", "Y Than Êban", "one letter makes another name"),
    ("Smith John Michael", "Smith John Matthew", "another middle name"),
    ("Smith John Michael", "Smith Joan Michael", "another given name"),
    ("Kim Min-jung", "Kim Min-jun", "another given name"),
    ("Park Soo-yeon", "Park Seo-yeon", "another given name"),
    ("Müller Anna Katharina", "Müller Anna Kristina", "another middle name"),
    ("Garcia Lopez Maria", "Garcia Lopez Marta", "another given name"),
    ("Tanaka Hiroshi", "Tanaka Hiroko", "another given name"),
    ("Lê Thị Hoa", "Lê Thị Hoa Müller Nguyễn", "two more words"),
    ("Nguyễn Thị Hoa", "Nguyễn Thị H.", "the given name as an initial only"),
)


Pair = tuple[str, str, int, str, str]


def _half(number: int) -> str:
    return ("tuning", "held_out")[number % 2]


def _vietnamese() -> Iterator[Pair]:
    for number, name in enumerate(VIETNAMESE):
        keep = 10 if number % 4 < 2 else 11
        for place, (how, other) in enumerate(same_vietnamese(name)):
            if (place + number) % 16 < keep:
                yield name, other, 1, how, _half(number)
        for how, other in different_vietnamese(name):
            yield name, other, 0, how, _half(number)


def _others() -> Iterator[Pair]:
    for names, ways in ((ETHNIC, SAME_ETHNIC), (FOREIGN, SAME_FOREIGN)):
        for number, name in enumerate(names):
            for how, way in ways:
                if way(name) != name:
                    yield name, way(name), 1, how, _half(number)


def pairs() -> Iterator[Pair]:
    """Every pair: name, name, same (1) or not (0), how it was made, half."""
    yield from _vietnamese()
    yield from _others()
    for same, by_hand in ((1, SAME_BY_HAND), (0, DIFFERENT_BY_HAND)):
        for number, (name, other, how) in enumerate(by_hand):
            yield name, other, same, how, _half(number)


def main() -> None:
    """Write the file."""
    with FILE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("one", "other", "same", "how", "half"))
        writer.writerows(pairs())


if __name__ == "__main__":
    main()
