"""What somebody wrote and what we answer, whatever the channel. From here on nothing knows Telegram or Zalo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.conversations.domain import CODE_MAX
from core.values.phone import Phone


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of a person (tin nhắn đến).

    `choice` is the code of a button they pressed; then `text` is what the button said. `link_code` comes with a
    deep link. `phone` is a number that the channel vouches for (shared contact). `attachment` names the kind of
    something that is not text ("photo", "document", "sticker", …). `quoted` is the message that it answers, where
    the channel tells. `file` says how what came along is fetched, while staff read. `origin` is a keyed fingerprint
    of where it came from, for counting wrong codes. `is_group` says that others read along. `moved_to`
    is the id under which this chat goes on, when the platform gave it another one; then nothing else is said.
    """

    channel: str
    chat_id: str = field(repr=False)
    message_id: str
    text: str = field(default="", repr=False)
    choice: str = ""
    link_code: str = field(default="", repr=False)
    phone: Phone | None = None
    attachment: str = ""
    staff_name: str = field(default="", repr=False)
    quoted: str = field(default="", repr=False)
    origin: str = ""
    file: Mapping[str, Any] | None = field(default=None, repr=False)
    is_group: bool = False
    moved_to: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: a code of at most 64 bytes, and a label where the texts have none for the code.

    >>> Choice("menu.fees").code
    'menu.fees'
    """

    code: str
    label: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.code.encode()) <= CODE_MAX:
            raise ValueError("a choice's code is 1 to 64 bytes")

    def as_param(self) -> dict[str, str]:
        """The JSON form that travels in a notification."""
        return {"code": self.code, "label": self.label}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a flow wants to say: a key of the texts, what fills it, what can be picked next (câu trả lời)."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """A choice with the words on it (nút)."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from, as a person reads it (nguồn)."""

    title: str
    law: str
    since: str
    quote: str


@dataclass(frozen=True, slots=True)
class Document:
    """A picture or file to send along (tệp gửi kèm)."""

    name: str
    mime: str
    data: bytes = field(repr=False)

    @property
    def is_picture(self) -> bool:
        """Whether a channel may show it instead of offering it."""
        return self.mime in {"image/jpeg", "image/png"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be sent: words, buttons, sources, an image to show, files (tin đã soạn).

    `image_text` is the text of a QR code (a VietQR, say) that a channel may draw. With `share_phone` the channel
    offers to share the person's own phone number, where it can. `forget` is the id of a message of theirs that
    the channel takes back from the chat, where it can.
    """

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    sources: tuple[Source, ...] = field(default=(), repr=False)
    image_text: str = field(default="", repr=False)
    documents: tuple[Document, ...] = ()
    share_phone: bool = False
    forget: str = ""

    def typed(self, hint: str) -> str:
        r"""The message for a channel without buttons: the choices are numbered and can be typed.

        >>> Rendered("Chọn nhé", (Button("a", "Một"), Button("b", "Hai"))).typed("Trả lời bằng số.")
        'Chọn nhé\n\n1. Một\n2. Hai\nTrả lời bằng số.'
        """
        if not self.buttons:
            return self.text
        numbered = [f"{number}. {button.label}" for number, button in enumerate(self.buttons, 1)]
        return "\n".join((self.text, "", *numbered, hint))
