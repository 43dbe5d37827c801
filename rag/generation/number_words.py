"""Numbers written as words before a unit, in Vietnamese and English, become digits: "mười lăm ngày" is "15 ngày".

Only before a known unit: "ba" is also a father and "năm" a year. A word number that cannot be read stays as it is.
"""

import re

_SAME = {
    "ngày làm việc": "ngày làm việc|working days?|business days?",
    "ngày": "ngày|days?",
    "tháng tuổi": "tháng tuổi|months? old",
    "tháng": "tháng|months?",
    "tuổi": "tuổi|years? old|years? of age",
    "năm": "năm|years?",
    "tuần": "tuần|weeks?",
    "giờ": "giờ|tiếng|hours?|h",
    "phút": "phút|minutes?",
    "đồng": "đồng|vnđ|vnd|đ|₫|dong",
    "usd": "usd|đô la|dollars?",
    "%": "%|phần trăm|percent|per cent",
    "lần": "lần|times?",
    "điểm": "điểm|points?",
    "bản": "bản|copies|copy",
    "người": "người|people|persons?",
    "tiết": "tiết|periods?",
    "môn": "môn|subjects?",
    "km": "km|ki-?lô-?mét",
}
UNITS = "|".join(
    f"(?:{words})(?!\\w)"
    for _, words in sorted(_SAME.items(), key=lambda item: -max(map(len, item[1].split("|"))))
)
_UNIT_OF = [(re.compile(words), name) for name, words in _SAME.items()]
_SMALL = dict(
    zip(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"], range(10), strict=True)
)
_SMALL |= {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5, "bẩy": 7}
_ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
            "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
            "seventeen", "eighteen", "nineteen"]  # fmt: skip
_SMALL |= {word: number for number, word in enumerate(_ENGLISH)}
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
_POWERS = {"mươi": 10, "chục": 10, "trăm": 100, "hundred": 100}
_THOUSANDS = {"nghìn": 10**3, "ngàn": 10**3, "thousand": 10**3, "triệu": 10**6, "million": 10**6,
              "tỷ": 10**9, "tỉ": 10**9, "billion": 10**9}  # fmt: skip
_FILL = {"linh", "lẻ", "and"}
_WORDS = "|".join(sorted({*_SMALL, *_POWERS, *_THOUSANDS, *_FILL, "mười"}, key=len, reverse=True))
_RUN = re.compile(rf"(?<!\w)((?:(?:{_WORDS})[\s-]+){{1,10}})(?=(?:{UNITS}))")


def unit_of(words: str) -> str:
    """Give the one name of a unit ("working days" is "ngày làm việc"), or "" for none."""
    return next((name for pattern, name in _UNIT_OF if pattern.fullmatch(words)), "")


def digits_for_words(text: str) -> str:
    """Write word numbers before a unit as digits; `text` is lower case.

    >>> digits_for_words("trong hai mươi lăm ngày, mỗi năm một lần")
    'trong 25 ngày, mỗi năm 1 lần'
    """
    return _RUN.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    words = re.split(r"[\s-]+", found.group().strip())
    for start in range(len(words)):
        value = _read(words[start:])
        if value is not None:
            return " ".join((*words[:start], f"{value} "))
    return found.group()


def _read(words: list[str]) -> int | None:
    """Read "hai trăm linh năm" as 205; None where two digits follow each other without a rank."""
    total, group, digit = 0, 0, None
    for word in words:
        if word in _THOUSANDS:
            group += digit or 0
            total, group, digit = total + max(group, 1) * _THOUSANDS[word], 0, None
        elif word in _POWERS:
            group, digit = group + (1 if digit is None else digit) * _POWERS[word], None
        elif word == "mười":
            if digit is not None:
                return None
            group += 10
        elif word in _SMALL:
            if digit is not None and not (digit >= 20 and _SMALL[word] < 10):
                return None
            digit = (digit or 0) + _SMALL[word]
    return None if words[0] in {*_FILL, *_POWERS, *_THOUSANDS} else total + group + (digit or 0)
