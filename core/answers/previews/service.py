"""Staff try a question: a row asks, a bot process answers, the page reads. Nobody but staff sees it.

The console runs in another process than the index, so the question travels through the database like everything else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson

from core.answers.domain import NOTIFY_CHANNEL
from core.answers.passages.domain import MOST_QUESTION, BadPassageError, PassageId
from core.answers.previews import repository
from core.answers.previews.domain import Preview, PreviewAnswer, PreviewId, PreviewNotFoundError
from core.answers.tables import PreviewRow
from core.db.notify import notify
from core.db.transaction import Tx
from core.values.clock import Clock
from core.values.ids import new_id
from core.vault.keyring import Keyring
from core.vault.unreadable import is_readable

_QUESTION, _ANSWER = "answers.preview_question", "answers.preview_answer"
_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Previews:
    """What staff try (hỏi thử)."""

    keyring: Keyring
    clock: Clock

    async def ask(self, tx: Tx, question: str, passage_id: PassageId | None = None) -> PreviewId:
        """Ask the bot; with `passage_id` as if that passage were published already.

        Raises:
            BadPassageError: when the question is empty or too long.
        """
        text = question.strip()
        if not 0 < len(text) <= MOST_QUESTION:
            raise BadPassageError(field="question", most=MOST_QUESTION)
        preview_id = PreviewId(new_id())
        sealed = self.keyring.for_school(tx.school_id).seal(text, _QUESTION)
        values = {"id": preview_id, "passage_id": passage_id, "sealed_question": sealed}
        await repository.insert_preview(tx, values | {"asked_at": self.clock.now()})
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))
        return preview_id

    async def get(self, tx: Tx, preview_id: PreviewId) -> Preview:
        """A preview, answered or not yet.

        Raises:
            PreviewNotFoundError: when there is none.
        """
        row = await repository.find_preview(tx, preview_id)
        if row is None:
            raise PreviewNotFoundError
        return self._preview(tx, row)

    async def list_waiting(self, tx: Tx) -> tuple[Preview, ...]:
        """Those that wait for an answer and can be read, oldest first."""
        waiting = (self._preview(tx, row) for row in await repository.list_waiting_previews(tx, _AT_ONCE))
        return tuple(one for one in waiting if is_readable(one.question))

    async def answer(self, tx: Tx, preview_id: PreviewId, answer: PreviewAnswer) -> None:
        """Write what the bot would say; the first answer stays."""
        sealed = self.keyring.for_school(tx.school_id).seal(orjson.dumps(asdict(answer)).decode(), _ANSWER)
        await repository.answer_preview(tx, preview_id, sealed, self.clock.now())

    def _preview(self, tx: Tx, row: PreviewRow) -> Preview:
        keys = self.keyring.for_school(tx.school_id)
        answer = None
        if row.sealed_answer is not None and (text := keys.read(row.sealed_answer, _ANSWER)) is not None:
            raw: dict[str, Any] = orjson.loads(text)
            answer = PreviewAnswer(**raw | {"sources": tuple(raw["sources"])})
        passage_id = PassageId(row.passage_id) if row.passage_id else None
        return Preview(PreviewId(row.id), keys.show(row.sealed_question, _QUESTION), passage_id, answer)
