"""find what is old by an index: what is deleted by age every hour is not looked for row by row in what stays.

Revision ID: 0026
Revises: 0025
"""

from alembic import op
from sqlalchemy import text

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BY_AGE = (
    ("check_ins", "recorded_at"),
    ("chat_turns", "said_at"),
    ("chat_lines", "said_at"),
    ("notification_digest_items", "kept_at"),
)
_DONE = (
    ("inbox_events", "status = 'done'"),
    ("notifications", "status IN ('sent', 'expired', 'rerouted')"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table, column in _BY_AGE:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for table, where in _DONE:
        op.create_index(f"ix_{table}_done", table, ["finished_at"], postgresql_where=text(where))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table, _where in _DONE:
        op.drop_index(f"ix_{table}_done", table)
    for table, column in _BY_AGE:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
