"""What may be said where a question rests on superseded law: the correction, and never the old rule as a rule.

Pure. A superseded passage's approved answer was written to correct it, so it is told, but only those sentences whose
every amount and document stands in the passage that corrects it; any other sentence must itself deny what it names.
"""

import re
from dataclasses import replace

from rag.generation.claims import claims_in
from rag.values import Passage
from rag.vietnamese.sentences import sentences

DENIALS = ("không còn", "đã hết hiệu lực", "trước đây", "mức cũ", "thay cho", "no longer")
_LAST_YEAR = 2100
_NUMBER = re.compile(r"\d+")
_REMARK = re.compile(r"\s*\([^()]*\)")


def denies(sentence: str) -> bool:
    """Tell whether a sentence names a thing only to say that it no longer holds.

    >>> denies("Mức cũ là 52.650 đồng."), denies("Gia đình đóng 52.650 đồng.")
    (True, False)
    """
    plain = sentence.lower()
    return any(word in plain for word in DENIALS)


def without_outdated(words: str, outdated: Passage, current: Passage) -> str:
    """Leave out the sentences that give, undenied, what the old rule said and the approved answer of today does not."""
    old = _old(outdated, current)
    kept = [one for one in sentences(words) if denies(one) or not _weighty(one) & old]
    return " ".join(kept) or words


def corrected(outdated: Passage, current: Passage) -> Passage:
    """Give the current passage with the words to tell somebody who believes the outdated one.

    The approved answer of the outdated passage leads where it says no more than the current one stands for.
    """
    known = _told_by(current) - _old(outdated, current)
    said = [one for one in sentences(outdated.answer) if denies(one) or _weighty(one) <= known]
    words = " ".join(said)
    informs = any(not denies(one) for one in said)
    return replace(current, answer=words[:1].upper() + words[1:]) if informs else current


def name_of(outdated: Passage) -> str:
    """Name what is outdated as a reader knows it: its first document, without remarks.

    >>> name_of(Passage(id="p", title="", text="", source="Nghị định 13/2023/NĐ-CP (đã bị thay); Nghị quyết 2"))
    'Nghị định 13/2023/NĐ-CP'
    """
    return _REMARK.sub("", outdated.source.split(";")[0]).strip() or outdated.title


def _old(outdated: Passage, current: Passage) -> frozenset[object]:
    """Give what the old rule was, as the first sentence of its passage says it, where it is not so today as well."""
    rule = (sentences(outdated.text) or ("",))[0]
    today = [one for one in sentences(current.answer) if not denies(one)]
    return _weighty(f"{rule} {outdated.source}") - _weighty(" ".join((*today, current.source)))


def _told_by(passage: Passage) -> frozenset[object]:
    """Give what a passage asserts as it stands; what it names only to deny does not count."""
    said = [one for one in (*sentences(passage.text), *sentences(passage.answer)) if not denies(one)]
    return _weighty(" ".join((*said, passage.source)))


def _weighty(text: str) -> frozenset[object]:
    """Give what a rule can be wrong in: amounts, documents by number and year, addresses; no years or whole dates."""
    claims = claims_in(text)
    named = {"/".join(_NUMBER.findall(name)[:2]) for name in claims.documents}
    named |= {f"{number}/{year}" for day, number, year in claims.dates if day is None}
    amounts = {(number, unit) for number, unit in claims.amounts if not 1900 <= number <= _LAST_YEAR}
    return frozenset({*amounts, *claims.addresses, *named})
