"""The room of the school's own answers: write, try, put into use, withdraw.

Writing needs one right and putting into use another: what parents are told was read by two people, where a school
wants it so. Text that somebody typed is shown and told as text, whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from core.answers.asked.domain import AskedId, ClusterNotFoundError
from core.answers.passages.domain import (
    BadPassageError,
    Kind,
    PassageId,
    PassageNotFoundError,
    PassageStatus,
    SchoolPassage,
)
from core.console import answer_texts
from core.console.desk import Visit
from core.console.passage_forms import Typed, passage_from, typed_in, typed_of, with_spare
from core.db.transaction import Tx
from core.staff.domain import NotAllowedError, Right
from core.values.ids import new_id

HOME = "/console/passages"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the page of a new passage carries along (mới soạn)."""

    own: PassageId | None = None
    """What the passage will be called once it is saved."""
    cluster: str = ""
    """The questions that it was begun from."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET: what is in use, what is being written, and what was withdrawn."""
    withdrawn = "withdrawn" in visit.request.query
    passages = visit.desk.answers.passages
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        listed = await passages.list_passages(tx, withdrawn=withdrawn)
        state = await passages.state(tx)
    filled = {one.content.kind: one for one in listed if one.content.kind is not Kind.FREE}
    free = [one for one in listed if one.content.kind is Kind.FREE or withdrawn]
    return visit.page(
        "passages.html",
        words=answer_texts,
        free=free,
        filled=filled,
        state=state,
        withdrawn=withdrawn,
        fresh=new_id,
    )


async def new(visit: Visit) -> web.StreamResponse:
    """GET: an empty page, or one begun from questions that nobody could answer yet.

    The address names the passage, so whoever goes back after saving changes it and does not write a second.
    """
    cluster = visit.request.query.get("cluster", "")
    own = _own_id(visit.request.query.get("id", "")) or PassageId(new_id())
    if await _kept(visit, own):
        raise web.HTTPSeeOther(f"{HOME}/{own}")
    typed = Typed()
    if cluster:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            group = await visit.desk.answers.asked.get_cluster(tx, _cluster_id(cluster))
        typed = Typed(title=group.examples[0][:160], questions="\n".join(group.examples[:10]))
    return _page(visit, None, typed, Kind.FREE, begun=Begun(own, cluster))


async def create(visit: Visit) -> web.StreamResponse:
    """POST: keep a new passage; the questions that it was begun from are dealt with. A second press changes it."""
    own = _own_id(visit.text("id"))
    return await _save(visit, await _kept(visit, own) if own else None, Kind.FREE, own)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET: one passage."""
    passage = await _get(visit)
    kind = passage.content.kind
    if kind is not Kind.FREE:
        raise web.HTTPSeeOther(f"{HOME}/forms/{kind.value}")
    return _page(visit, passage, typed_of(passage), kind)


async def save(visit: Visit) -> web.StreamResponse:
    """POST: keep what was typed; perhaps try it, or put it into use."""
    return await _save(visit, await _get(visit), Kind.FREE)


async def show_form(visit: Visit) -> web.StreamResponse:
    """GET: opening hours, contacts or fees."""
    kind = _kind(visit)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        passage = await visit.desk.answers.passages.find_form(tx, kind)
    return _page(visit, passage, typed_of(passage, kind), kind)


async def save_form(visit: Visit) -> web.StreamResponse:
    """POST: keep a form; "more" only adds empty lines."""
    kind = _kind(visit)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        passage = await visit.desk.answers.passages.find_form(tx, kind)
    if visit.text("then") == "more":
        return _page(visit, passage, with_spare(typed_in(visit.form, kind), kind), kind)
    return await _save(visit, passage, kind)


async def publish(visit: Visit) -> web.StreamResponse:
    """POST: parents are told from now on."""
    passage = await _get(visit)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.answers.passages.publish(tx, passage.id, visit.staff.actor)
    raise web.HTTPSeeOther(HOME)


async def withdraw(visit: Visit) -> web.StreamResponse:
    """POST: parents are told no more."""
    passage = await _get(visit)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.answers.passages.withdraw(tx, passage.id, visit.staff.actor)
    raise web.HTTPSeeOther(HOME)


async def _save(
    visit: Visit, passage: SchoolPassage | None, kind: Kind, own: PassageId | None = None
) -> web.StreamResponse:
    """Keep and go on, or show the page again with the reason and every typed word.

    Raises:
        NotAllowedError: when parents are told it already and this person may not decide that.
    """
    then, may_approve = visit.text("then"), visit.staff.may(Right.APPROVE_ANSWERS)
    told = passage is not None and passage.status is PassageStatus.PUBLISHED
    if (told or then == "publish") and not may_approve:
        raise NotAllowedError
    typed, cluster = typed_in(visit.form, kind), visit.text("cluster")
    try:
        content = passage_from(typed, kind)
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            saved = await visit.desk.answers.passages.save(
                tx,
                content,
                author=visit.staff.display_name,
                actor=visit.staff.actor,
                passage_id=passage.id if passage else None,
                first_id=own,
            )
            if cluster:
                await _settle(visit, tx, cluster)
            asked = content.questions[0] if content.questions else visit.text("try")
            preview = await visit.desk.answers.previews.ask(tx, asked, saved) if then == "try" else None
            if then == "publish":
                await visit.desk.answers.passages.publish(tx, saved, visit.staff.actor)
    except BadPassageError as error:
        shown = with_spare(typed, kind) if kind is not Kind.FREE else typed
        return _page(visit, passage, shown, kind, begun=Begun(own, cluster), fault=str(error.params["field"]))
    raise web.HTTPSeeOther(f"/console/answers/try/{preview}" if preview else HOME)


async def _settle(visit: Visit, tx: Tx, cluster: str) -> None:
    try:
        await visit.desk.answers.asked.settle(tx, _cluster_id(cluster), visit.staff.actor, "answered")
    except ClusterNotFoundError:
        return  # grouped anew meanwhile; the passage is kept all the same


def _page(
    visit: Visit,
    passage: SchoolPassage | None,
    typed: Typed,
    kind: Kind,
    *,
    begun: Begun = Begun(),
    fault: str = "",
) -> web.StreamResponse:
    told = passage is not None and passage.status is PassageStatus.PUBLISHED
    may_approve = visit.staff.may(Right.APPROVE_ANSWERS)
    return visit.page(
        "passage.html" if kind is Kind.FREE else "passage_form.html",
        422 if fault else 200,
        words=answer_texts,
        passage=passage,
        typed=typed,
        kind=kind,
        form=answer_texts.FORMS.get(kind),
        cluster=begun.cluster,
        own=begun.own,
        fault=answer_texts.FAULTS.get(fault, fault),
        may_approve=may_approve,
        locked=told and not may_approve,
    )


async def _get(visit: Visit) -> SchoolPassage:
    passage_id = visit.id("passage_id")
    if passage_id is None:
        raise PassageNotFoundError
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        return await visit.desk.answers.passages.get(tx, PassageId(passage_id))


async def _kept(visit: Visit, own: PassageId) -> SchoolPassage | None:
    """The passage that a new one's address names, once it was saved.

    Raises:
        PassageNotFoundError: where it names one of the school's forms, which have pages of their own.
    """
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = await visit.desk.answers.passages.find(tx, own)
    if found is not None and found.content.kind is not Kind.FREE:
        raise PassageNotFoundError
    return found


def _own_id(text: str) -> PassageId | None:
    try:
        return PassageId(UUID(text))
    except ValueError:
        return None


def _kind(visit: Visit) -> Kind:
    try:
        kind = Kind(visit.request.match_info["kind"])
    except ValueError:
        raise PassageNotFoundError from None
    if kind is Kind.FREE:
        raise PassageNotFoundError
    return kind


def _cluster_id(text: str) -> AskedId:
    try:
        return AskedId(UUID(text))
    except ValueError:
        raise ClusterNotFoundError from None
