"""ZBS template messages by phone number: what reaches a guardian who has not written to the school for a week.

Each key of ours that has an approved template names it and says which of our params fill it; other keys are given
up here and go on to the next channel. Formats: facts, messaging, A.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from typing_extensions import override

from bot.zalo.client import ZaloClient
from bot.zalo.send import Authorised
from bot.zalo.tokens import ZaloTokens
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp

CHANNEL = "zbs"
_VALUE_MAX = 200


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template: its id, and for each of its fields the name of our param (mẫu tin ZBS)."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, object]) -> Template:
        """From settings: `{"id": "123", "fields": {"ten_hoc_sinh": "given_name"}}`.

        Raises:
            ValueError: when it is something else.
        """
        fields = given.get("fields", {})
        if not given.get("id") or not isinstance(fields, Mapping):
            raise ValueError("a ZBS template has an id and fields")
        return cls(str(given["id"]), {str(name): str(param) for name, param in fields.items()})


@dataclass(frozen=True, slots=True)
class ZaloTemplateChannel(Channel):
    """Delivers to phone numbers by template."""

    client: ZaloClient
    tokens: ZaloTokens
    templates: Mapping[str, Template]
    development: bool = False

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send the template of this key.

        Raises:
            RetryLater, GiveUp: as the account's own channel; `zbs_no_template` for a key without one.
        """
        template = self.templates.get(outgoing.key)
        if template is None:
            raise GiveUp("zbs_no_template")
        try:
            data = {name: str(outgoing.params[param])[:_VALUE_MAX] for name, param in template.fields.items()}
        except KeyError:
            raise GiveUp("zbs_param_missing") from None
        message = {
            "phone": outgoing.recipient.address.lstrip("+"),
            "template_id": template.id,
            "template_data": data,
            "tracking_id": sha256(outgoing.dedupe_key.encode()).hexdigest()[:32],
            **({"mode": "development"} if self.development else {}),
        }
        sent = await Authorised(self.tokens).call(
            outgoing, lambda token: self.client.send_template(token, message)
        )
        return Delivered(sent)
