"""Lets a transaction commit without waiting for the disk, where losing it in a crash of the server costs nothing.

For claims of queued work alone: a lost claim is a row that waits again, and whoever worked on it finds its lease
gone. Facts and effects always wait for the disk. It is a column of the claim itself, not a statement of its own.
"""

from __future__ import annotations

RELAXED = "CASE WHEN :may_be_lost THEN set_config('synchronous_commit', 'off', true) END AS relaxed"
"""For the RETURNING of the statement that writes: evaluated once it wrote something, good for this transaction."""
