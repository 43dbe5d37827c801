"""Tells English from Vietnamese without marks, and gives English questions Vietnamese words to search by.

No translation: a glossary of the domain feeds the lexical legs, the multilingual embedder reads the English itself.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from rag.vietnamese.syllable import is_syllable

_ENGLISH = frozenset(
    [
        "the",
        "is",
        "are",
        "was",
        "were",
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
        "how",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "do",
        "does",
        "did",
        "can",
        "could",
        "should",
        "would",
        "must",
        "may",
        "i",
        "we",
        "you",
        "thank",
        "thanks",
        "pay",
        "cash",
        "he",
        "she",
        "they",
        "it",
        "to",
        "for",
        "of",
        "in",
        "on",
        "at",
        "with",
        "from",
        "and",
        "or",
        "not",
        "if",
        "there",
        "any",
        "an",
        "this",
        "that",
        "need",
        "want",
        "have",
        "has",
        "get",
        "apply",
        "child",
        "children",
        "school",
        "kid",
        "son",
        "daughter",
        "please",
        "tell",
        "about",
        "card",
        "fee",
        "required",
        "student",
        "students",
        "pupil",
        "pupils",
        "teacher",
        "parent",
        "parents",
        "year",
        "before",
        "after",
        "into",
        "then",
        "be",
        "much",
        "many",
        "long",
        "old",
    ]
)
_ONLY_ENGLISH = _ENGLISH - {
    "the",
    "be",
    "then",
    "do",
    "can",
    "to",
    "in",
    "on",
    "an",
    "it",
    "she",
    "he",
    "long",
    "my",
    "so",
    "may",
    "i",
}
_LEAST, _TELLING = 2, 4
_BORROWED = frozenset({
    "apps", "camera", "chatbot", "chip", "code", "data", "email", "facebook", "file", "game", "games", "media",
    "network", "online", "passport", "photo", "robot", "ticket", "video", "videos", "vneid", "website", "websites",
})  # fmt: skip
_YEARS_OLD = re.compile(r"\b(\d{1,2})[- ]?(?:years?|yrs?)[- ]olds?\b|\bage(?:d|s)? (\d{1,2})\b")


def is_english(text: str) -> bool:
    """Tell whether a text is English.

    >>> is_english("How much is the tuition fee?"), is_english("the can cuoc cua con lam o dau")
    (True, False)
    """
    if not text.isascii() and sum(not char.isascii() for char in text) > len(text) // 20:
        return False
    words = re.findall(r"[a-z]+", text.lower())
    known = _ONLY_ENGLISH | _domain_words()
    sure = sum(word in known for word in words)
    share = sum(word in _ENGLISH or word in known for word in words) / max(len(words), 1)
    return sure >= _LEAST and share >= 0.3


@lru_cache(maxsize=1)
def _domain_words() -> frozenset[str]:
    """Give the words of the glossary that no Vietnamese sentence has: neither shaped like a syllable nor borrowed."""
    words = {word for phrase in _read_glossary() for word in re.findall(r"[a-z]+", phrase)}
    words |= {f"{word}s" for word in words}
    return frozenset(word for word in words if len(word) >= _TELLING and not is_syllable(word)) - _BORROWED


def _read_glossary() -> dict[str, str]:
    raw: dict[str, str] = json.loads(Path(__file__).with_name("glossary.json").read_text(encoding="utf-8"))
    return raw


@lru_cache(maxsize=1)
def _glossary() -> tuple[tuple[re.Pattern[str], str], ...]:
    ordered = sorted(_read_glossary().items(), key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"\b{re.escape(english)}s?\b"), word) for english, word in ordered)


def in_vietnamese_words(text: str) -> str:
    """Give the Vietnamese domain words of an English question, longest phrases first, and its numbers.

    >>> in_vietnamese_words("How much is the tuition fee?")
    'bao nhiêu học phí'
    >>> in_vietnamese_words("An ID card for my 10-year-old?")
    'thẻ căn cước 10 tuổi'
    """
    left, found = _YEARS_OLD.sub(_aged, text.lower()), []
    for pattern, word in _glossary():
        match = pattern.search(left)
        if match:
            found.append((match.start(), word))
            left = pattern.sub(lambda hit: " " * len(hit.group()), left)
    found += [(number.start(), number.group()) for number in re.finditer(r"\d+(?: tuổi)?", left)]
    return " ".join(word for _, word in sorted(found))


def _aged(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]} tuổi"


def share_understood(text: str) -> float:
    """Give the share of an English question's own words that the glossary covers, 0 to 1.

    >>> share_understood("How much is the tuition fee?"), share_understood("Where does the hamster sleep?")
    (1.0, 0.3333333333333333)
    """
    left = _YEARS_OLD.sub("_", text.lower())
    for pattern, _ in _glossary():
        left = pattern.sub(lambda hit: re.sub(r"\w+", "_", hit.group()), left)
    words = [word for word in re.findall(r"\w+", left) if word not in _ENGLISH]
    return words.count("_") / len(words) if words else 0.0
