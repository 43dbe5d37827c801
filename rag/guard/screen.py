"""Decides before any search what a message is: a question, private data, a case for people, or a trick.

First patterns that are never innocent, then the learned intent model, which reads a follow-up together with what it
follows. A message is judged as it was typed: the repairer knows the words of procedures, not those of danger.
Knowledge passages are never screened here: they are data, and nothing in them is obeyed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.guard.abstention import elsewhere
from rag.guard.clauses import clauses_in
from rag.guard.intents import load_intents
from rag.guard.likeness import load_likeness
from rag.guard.net import caught_kinds, is_trick
from rag.guard.order import third_look
from rag.retrieval.question import reading_of
from rag.retrieval.search import Searcher
from rag.understanding.follow_up import is_follow_up, names_a_matter, stand_alone
from rag.understanding.language import is_english
from rag.values import Behaviour, Turn
from rag.vietnamese.forms import canonical, fold

_ADDRESS = (
    "a|ah|ad|admin|oi|em|anh|chi|co|thay|ban|bot|shop|truong|nha truong|quy truong|tro ly|moi nguoi|ca nha|cac|va|nhe"
    "|nha|nhieu|rat|lam|voi|toi|minh|con|bac|chu|sir|madam|teacher|there|everyone|so much|a lot|very much|you|u"
    "|buoi (?:sang|trua|chieu|toi)"
)
_WORDS_AROUND = rf"(?:[ ,.!~]+(?:{_ADDRESS}))*"
_GREETING = re.compile(
    rf"^(?:da )?(?:(?:xin |em |con |toi )?chao|hello|hi|hey|alo|good (?:morning|afternoon|evening)){_WORDS_AROUND}$"
)
_CLOSING = re.compile(
    r"^(?:(?:da|vang|ok|oke) )?(?:em |toi |minh |chi |anh |con )?"
    rf"(?:(?:xin )?cam on|thanks|thank you|tks|ok|oke|okay|vang|da vang|tam biet|bye|bye bye){_WORDS_AROUND}$"
)
_THANKS = re.compile(r"\b(?:cam on|thanks?|thank (?:you|u)|tks)\b")

_SURE, _CLEAR, _CAUGHT, _OFF = 0.5, 0.8, 0.5, 0.95
_HIDDEN = 0.85  # of one piece of a message, which may mean another thing where it stands
_HINT = 0.02  # from here on, for one of the looks, pieces are looked at: each is one more reading
_REFUSED = 0.66  # how likely what nobody may have must be; short of it, a passage must be surer, and few are
_ALARM = 0.25  # how likely danger must be after all looks; a missed one costs more than a call too many
_TOLD = 0.15  # danger this likely in what looks unsafe: harm may be told of, not wanted, so a person reads it
_OWN = 0.15  # a pupil's data asked for, perhaps by a guardian: the way to prove it tells nothing and offends nobody
_CALM, _WARY = 0.04, 0.13
"""How likely something grave must be to raise a doubt, and from where on it raises all of it."""
_ASTRAY, _AWAY = 0.25, 0.5
"""How likely another matter must be to raise a doubt, and from where on it raises all of it."""
_FALLS_BACK = {
    "personal_data": 0.35,
    "handover": 0.4,
    "unsafe": 0.46,
}  # likely enough where a search finds nothing; not to know is kinder than to refuse, and tells as little
_KIND = {
    "personal_data": Behaviour.PERSONAL_DATA,
    "handover": Behaviour.HANDOVER,
    "danger": Behaviour.HANDOVER,
    "unsafe": Behaviour.UNSAFE,
    "greeting": Behaviour.GREETING,
}


@dataclass(frozen=True, slots=True)
class Screened:
    """What a message is, before any search; `behaviour` ANSWER means: go and search.

    `probability` is 1 for a verdict that no passage may overrule; `otherwise` is what it most likely is if the search
    finds nothing; `doubt` (0..1) how much surer than usual a passage must be to answer it, as it may be grave, and
    `away` as it may be another matter than those that ship; `unsafe` how likely it wants what nobody may have; `astray`
    how much more it looks like a matter of others than like one of ours (None where nobody judged); `hides` whether a
    piece of it alone surely asks for what nobody may have: beside the answer, that is refused.
    """

    behaviour: Behaviour
    urgent: bool = False
    probability: float = 1.0
    otherwise: Behaviour | None = None
    doubt: float = 0.0
    away: float = 0.0
    unsafe: float = 0.0
    astray: float | None = None
    hides: bool = False


def screen_by_pattern(text: str) -> Screened | None:
    """Judge a canonical message by patterns that are never innocent; None when they say nothing."""
    if is_trick(text):
        return Screened(Behaviour.UNSAFE)
    plain = fold(text)
    said = re.sub(r"[^\w]+$|^[^\w]+", "", plain)
    if _GREETING.match(said) or _CLOSING.match(said):
        return Screened(Behaviour.GREETING)
    return None


def courtesy(text: str) -> str:
    """Name what a greeting is, for answering in kind: `thanks`, `closing` or `greeting`.

    >>> courtesy("em cảm ơn cô nhiều ạ"), courtesy("vâng ạ"), courtesy("chào cô")
    ('thanks', 'closing', 'greeting')
    """
    plain = fold(text)
    if _THANKS.search(plain):
        return "thanks"
    return "closing" if _CLOSING.match(re.sub(r"[^\w]+$|^[^\w]+", "", plain)) else "greeting"


def screen(text: str, searcher: Searcher, history: Sequence[Turn] = ()) -> Screened:
    """Judge a canonical message after `history`: patterns first, then the intent model; unsure means: search."""
    read = searcher.repairer.read_keys(text) if searcher.repairer and not is_english(text) else text
    judged = screen_by_pattern(text) or screen_by_pattern(read)
    if judged is not None:
        return judged
    if _trick_in_two(text, history):
        return Screened(Behaviour.UNSAFE)
    looked, caught = _looks(read, searcher), _is_caught(read)
    if history and is_follow_up(text) and not _says_enough(text, looked.shares):
        if _was_refused(history, searcher):
            return Screened(Behaviour.UNSAFE)
        looked = _looks(_with_what_it_follows(read, history), searcher)
    judged = judge(looked.shares, caught=caught, astray=looked.astray)
    in_two_minds = (
        judged.behaviour is Behaviour.UNSAFE and judged.probability < 1
    )  # a passage that is very sure overrules it
    if judged.behaviour is not Behaviour.ANSWER and not in_two_minds:
        return judged
    pieces = clauses_in(read) if looked.hint >= _HINT else ()
    return replace(judged, hides=any(_is_unsafe_alone(piece, searcher) for piece in pieces))


def _is_unsafe_alone(piece: str, searcher: Searcher) -> bool:
    """Tell whether a piece of a message surely asks for what nobody may have; most are cleared by one look of three.

    Of 2,567 pieces, 749 of them unsafe, the order of words gave none of these less than .03.
    """
    read = reading_of(piece, searcher.embedder)
    if read is not None and read.kinds is not None and read.kinds["unsafe"] < _HINT:
        return False
    return _looks(piece, searcher).shares["unsafe"] >= _HIDDEN


def _is_caught(text: str) -> bool:
    return bool(caught_kinds(text) - {"about_rules"})


def _was_refused(history: Sequence[Turn], searcher: Searcher) -> bool:
    """Tell whether what was said last was surely refused by itself: asking on about it gets no further."""
    said = _said(history)
    judged = judge(_looks(said[-1], searcher).shares, caught=_is_caught(said[-1])) if said else None
    return judged is not None and judged.behaviour is Behaviour.UNSAFE and judged.probability == 1.0


def _says_enough(text: str, shares: Mapping[str, float]) -> bool:
    """Tell whether a short follow-up is plain by itself: a danger soon, what is wanted of people only when clear.

    So is one that names a matter, surely none of ours ("hôm nay trời mưa không").
    """
    label, share = max(shares.items(), key=lambda pair: pair[1])
    if label == "elsewhere":
        return share >= _OFF and names_a_matter(text)
    return label != "ask" and share >= (_SURE if label in ("danger", "unsafe") else _CLEAR)


def judge(shares: Mapping[str, float], *, caught: bool = False, astray: float | None = None) -> Screened:
    """Give what a message is from the probabilities of its classes: danger first, then what nobody may have.

    Of a message that the net has `caught` half as much is enough to refuse it. `astray` is what `Screened` says of it.
    """
    if shares["danger"] >= _ALARM:
        return Screened(Behaviour.HANDOVER, urgent=True, probability=shares["danger"])
    if shares["unsafe"] >= _REFUSED * (_CAUGHT if caught else 1):
        if shares["danger"] >= _TOLD:
            return Screened(Behaviour.HANDOVER)
        # Certain, so that no passage answers it; unless the net saw nothing and the model itself is in two minds.
        in_two_minds = not caught and shares["unsafe"] < _CLEAR
        if in_two_minds and shares["personal_data"] >= _OWN:
            return Screened(Behaviour.PERSONAL_DATA, probability=shares["unsafe"], doubt=1.0, astray=astray)
        probability = shares["unsafe"] if in_two_minds else 1.0
        return Screened(Behaviour.UNSAFE, probability=probability, unsafe=shares["unsafe"])
    label, share = max(shares.items(), key=lambda pair: pair[1])
    if label in _KIND and label not in ("danger", "unsafe") and share >= _SURE:
        return Screened(_KIND[label], probability=share, astray=astray)
    return Screened(
        Behaviour.ANSWER,
        otherwise=_second(shares),
        doubt=_doubt(shares["unsafe"] + shares["danger"], _CALM, _WARY),
        away=_doubt(shares["elsewhere"], _ASTRAY, _AWAY),
        unsafe=shares["unsafe"],
        astray=astray,
    )


def _doubt(share: float, least: float, most: float) -> float:
    """Give the doubt that a share raises: already much of it where it is little more than the least."""
    return float(min(1.0, max(0.0, (share - least) / (most - least))) ** 0.5)


@dataclass(frozen=True, slots=True)
class _Looked:
    """The probabilities after all looks, and what two of them say alone.

    `astray` is how far astray the first sees the message (the abstention model was fitted with that one); `hint` how
    unsafe it may be for whichever of the others thinks worse of it.
    """

    shares: dict[str, float]
    astray: float
    hint: float


def _looks(text: str, searcher: Searcher) -> _Looked:
    read, model_id = reading_of(text, searcher.embedder), searcher.index.model_id
    shares = load_intents().judge(text, read.vector if read else None, model_id)
    second = load_likeness().second_look(shares, text, read, model_id)
    kinds = read.kinds if read else None
    hint = max(second["unsafe"], kinds["unsafe"] if kinds else 0.0)
    return _Looked(third_look(second, kinds), elsewhere(shares), hint)


def _with_what_it_follows(text: str, history: Sequence[Turn]) -> str:
    whole = stand_alone(text, history)
    said = _said(history)
    return f"{said[-1]} {text}" if whole == text and said else whole


def _said(history: Sequence[Turn]) -> list[str]:
    return [canonical(turn.text) for turn in history if turn.role == "user"]


def _trick_in_two(text: str, history: Sequence[Turn]) -> bool:
    """Tell whether a trick is written over this message and the one before."""
    said = _said(history)
    return bool(said) and not is_trick(said[-1]) and is_trick(f"{said[-1]} {text}")


def _second(shares: Mapping[str, float]) -> Behaviour | None:
    """Give the likeliest intent beside asking, where it is likely at all."""
    likely = [label for label, least in _FALLS_BACK.items() if shares[label] >= least]
    return _KIND[max(likely, key=lambda label: shares[label])] if likely else None
