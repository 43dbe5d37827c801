"""Reads the wordings that were only heard: they teach the branches of the embedder and stand in no index."""

import json
from pathlib import Path


def heard(knowledge: Path) -> list[tuple[str, str | None]]:
    """Give each wording with the id of the passage it asks for; None where no passage answers."""
    lines = (knowledge / "wordings" / "heard.jsonl").read_text(encoding="utf-8").splitlines()
    return [(one["question"], one["passage"]) for one in map(json.loads, lines)]
