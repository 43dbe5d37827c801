"""The room "Câu hỏi chưa trả lời được": what parents asked in vain, grouped; and a place to try a question."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from aiohttp import web

from core.answers.asked.domain import AskedId, ClusterNotFoundError
from core.answers.passages.domain import BadPassageError, PassageId, PassageStatus
from core.answers.previews.domain import PreviewId, PreviewNotFoundError
from core.console import answer_texts
from core.console.desk import Visit
from core.staff.domain import Right
from core.values.ids import new_id

HOME = "/console/questions"
_LATELY = timedelta(days=30)


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the groups, largest first."""
    return await _page(visit)


async def group(visit: Visit) -> web.StreamResponse:
    """POST: ask the bot to group anew."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.answers.asked.want_clusters(tx)
    raise web.HTTPSeeOther(HOME)


async def dismiss(visit: Visit) -> web.StreamResponse:
    """POST: nothing needs to be written for this group."""
    cluster_id = visit.id("cluster_id")
    if cluster_id is None:
        raise ClusterNotFoundError
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.answers.asked.settle(tx, AskedId(cluster_id), visit.staff.actor, "dismissed")
    raise web.HTTPSeeOther(HOME)


async def ask(visit: Visit) -> web.StreamResponse:
    """POST: try a question."""
    passage_id = visit.text("passage_id")
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            wanted = PassageId(UUID(passage_id)) if passage_id else None
            preview = await visit.desk.answers.previews.ask(tx, visit.text("question"), wanted)
    except (BadPassageError, ValueError):
        return await _page(visit, fault=answer_texts.FAULTS["question"])
    raise web.HTTPSeeOther(f"/console/answers/try/{preview}")


async def tried(visit: Visit) -> web.StreamResponse:
    """GET: how the bot would answer; the page looks again by itself until it has."""
    preview_id = visit.id("preview_id")
    if preview_id is None:
        raise PreviewNotFoundError
    answers = visit.desk.answers
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        preview = await answers.previews.get(tx, PreviewId(preview_id))
        passage = await answers.passages.find(tx, preview.passage_id) if preview.passage_id else None
    draft = passage is not None and passage.status is not PassageStatus.PUBLISHED
    return visit.page(
        "tried.html",
        words=answer_texts,
        preview=preview,
        passage=passage,
        may_publish=draft and visit.staff.may(Right.APPROVE_ANSWERS),
        draft=draft,
    )


async def _page(visit: Visit, fault: str = "") -> web.StreamResponse:
    answers = visit.desk.answers
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        clusters = await answers.asked.list_clusters(tx)
        counts = await answers.asked.counts(tx, visit.desk.clock.now() - _LATELY)
        state = await answers.passages.state(tx)
    waits = state.clusters_wanted_at is not None and (
        state.clustered_at is None or state.clusters_wanted_at > state.clustered_at
    )
    return visit.page(
        "questions.html",
        422 if fault else 200,
        clusters=clusters,
        counts=counts,
        state=state,
        waits=waits,
        fault=fault,
        fresh=new_id,
    )
