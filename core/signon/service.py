"""Leads a person through the provider and back, and hands the proof only to who began.

A link from a chat could be sent on to somebody else, who would then prove that stranger's identity for the
sender's chat. So a guardian's proof counts only when the six digits shown at the end are typed into the chat
that asked: link, state, browser and chat must be the same person's. Talking to the provider is `provider`'s.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date

import orjson

from core.contracts.citizen_id import CitizenId
from core.db.transaction import PlatformTx, Tx
from core.signon import repository
from core.signon.domain import (
    CODE_LIFE,
    LINK_LIFE,
    MOST_TRIES,
    Attempt,
    Person,
    Purpose,
    Secrets,
    SignOnLinkError,
    fresh_code,
    token_hash,
)
from core.signon.tables import SignOnRow
from core.values.clock import Clock
from core.values.ids import ChatAccountId, SchoolId, new_id
from core.vault.keyring import PLATFORM, Keyring

SECRETS_LABEL = "signon.secrets"
PERSON_LABEL = "signon.person"


@dataclass(frozen=True, slots=True)
class SignOns:
    """The attempts to sign on (lượt đăng nhập VNeID)."""

    keyring: Keyring
    clock: Clock

    async def invite(self, tx: Tx, account_id: ChatAccountId) -> str:
        """A one-time token for a link that a guardian opens from the chat."""
        token = secrets.token_urlsafe(32)
        await self._add(tx, tx.school_id, Purpose.GUARDIAN, account_id, link_hash=token_hash(token))
        return token

    async def is_open(self, tx: PlatformTx, token: str) -> bool:
        """Whether a link can still be used."""
        return await repository.lock_by_link(tx, token_hash(token), self.clock.now()) is not None

    async def start_guardian(self, tx: PlatformTx, token: str) -> Secrets:
        """What to send to the provider for a link; going back and starting again is fine until it is proven.

        Raises:
            SignOnLinkError: when the link is unknown, used or too old.
        """
        row = await repository.lock_by_link(tx, token_hash(token), self.clock.now())
        if row is None:
            raise SignOnLinkError
        made = Secrets.fresh()
        await repository.change(tx, row, **self._kept(SchoolId(row.school_id), made))
        return made

    async def start_staff(self, tx: PlatformTx) -> Secrets:
        """What to send to the provider for somebody at the console's door."""
        made = Secrets.fresh()
        await self._add(tx, PLATFORM, Purpose.STAFF, None, **self._kept(PLATFORM, made))
        return made

    async def claim(self, tx: PlatformTx, state: str, browser: str) -> tuple[Attempt, Secrets]:
        """The attempt behind a returning browser; a state is good once.

        Raises:
            SignOnLinkError: when state or browser are not those of a living attempt.
        """
        row = await repository.lock_by_state(tx, token_hash(state), self.clock.now())
        if row is None or row.browser_hash is None or row.sealed_secrets is None:
            raise SignOnLinkError
        if not hmac.compare_digest(row.browser_hash, token_hash(browser)):
            raise SignOnLinkError
        school_id = SchoolId(row.school_id)
        opened = self.keyring.for_school(school_id).open(row.sealed_secrets, SECRETS_LABEL)
        nonce, verifier = orjson.loads(opened)
        await repository.change(tx, row, state_hash=None, browser_hash=None, sealed_secrets=None)
        account_id = ChatAccountId(row.chat_account_id) if row.chat_account_id else None
        attempt = Attempt(row.id, school_id, Purpose(row.purpose), account_id)
        return attempt, Secrets(state, nonce, verifier, browser)

    async def prove(self, tx: Tx, attempt: Attempt, person: Person) -> str:
        """Keep the proof until its six digits, returned here, are typed into the chat."""
        code = fresh_code()
        born_on = person.born_on.isoformat() if person.born_on else None
        kept = orjson.dumps([code, person.citizen_id.value, person.full_name, born_on]).decode()
        row = SignOnRow(school_id=attempt.school_id, id=attempt.id)
        await repository.change(
            tx,
            row,
            link_hash=None,
            expires_at=self.clock.now() + CODE_LIFE,
            sealed_person=self.keyring.for_school(attempt.school_id).seal(kept, PERSON_LABEL),
        )
        return code

    async def confirm(self, tx: Tx, account_id: ChatAccountId, typed: str) -> Person | None:
        """The proven person when the digits are right; after five wrong ones the proof is gone.

        It does not raise for wrong digits: the try must be counted, so the transaction must commit.
        """
        row = await repository.lock_proven(tx, account_id, self.clock.now())
        if row is None or row.sealed_person is None:
            return None
        opened = self.keyring.for_school(tx.school_id).open(row.sealed_person, PERSON_LABEL)
        code, number, full_name, born_on = orjson.loads(opened)
        fits = hmac.compare_digest(code.encode(), typed.strip().encode())
        if fits or row.tries + 1 >= MOST_TRIES:
            await repository.remove(tx, row.school_id, row.id)
        else:
            await repository.change(tx, row, tries=row.tries + 1)
        if not fits:
            return None
        return Person(CitizenId(number), full_name, date.fromisoformat(born_on) if born_on else None)

    async def forget(self, tx: PlatformTx, attempt: Attempt) -> None:
        """Done with an attempt that needs no code."""
        await repository.remove(tx, attempt.school_id, attempt.id)

    async def _add(
        self,
        tx: PlatformTx,
        school_id: SchoolId,
        purpose: Purpose,
        account_id: ChatAccountId | None,
        **values: bytes,
    ) -> None:
        now = self.clock.now()
        own: dict[str, object] = {
            "school_id": school_id,
            "id": new_id(),
            "purpose": purpose.value,
            "chat_account_id": account_id,
            "created_at": now,
            "expires_at": now + LINK_LIFE,
        }
        await repository.add(tx, own | values)

    def _kept(self, school_id: SchoolId, made: Secrets) -> dict[str, bytes]:
        sealed = orjson.dumps([made.nonce, made.verifier]).decode()
        return {
            "state_hash": token_hash(made.state),
            "browser_hash": token_hash(made.browser),
            "sealed_secrets": self.keyring.for_school(school_id).seal(sealed, SECRETS_LABEL),
        }
