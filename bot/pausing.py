"""Leaving a flow for something else, and taking it up again. Pure.

A flow that waits for an answer has a step. What else somebody asks meanwhile is answered, and the waiting step is
kept beside it; it ends when the flow itself is done, when another one waits, or when the person goes to the menu.
"""

from __future__ import annotations

from dataclasses import replace

from core.conversations.domain import FlowState

PAUSED = "paused"


def waiting(state: FlowState) -> FlowState | None:
    """The flow that waits for an answer: the present one, or the one that was left for something else.

    >>> waiting(FlowState("link", "code")).flow, waiting(FlowState("ask"))
    ('link', None)
    """
    if state.step:
        return state
    kept = state.data.get(PAUSED)
    if not isinstance(kept, dict) or not kept.get("step"):
        return None
    return FlowState(str(kept.get("flow", "")), str(kept["step"]), kept.get("data") or {})


def carry(before: FlowState, topic: str, after: FlowState, *, to_menu: bool) -> FlowState:
    """The state after a reaction, with the flow that still waits kept in it.

    `topic` is what the message was about; `to_menu` says that the person wanted to begin anew.
    """
    left = waiting(before)
    if left is None or after.step or to_menu or topic == left.flow:
        return after
    data = {name: value for name, value in left.data.items() if name != PAUSED}
    kept = {"flow": left.flow, "step": left.step, "data": data}
    return replace(after, data={**after.data, PAUSED: kept})


def left_flow(state: FlowState) -> str:
    """The name of the flow that was left and can be taken up again, or nothing."""
    left = waiting(state)
    return left.flow if left is not None and not state.step else ""
