"""extend channels: a quota for each chat, parts that arrived, messages that went another way.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BEFORE = "status IN ('queued', 'sending', 'sent', 'parked', 'expired')"
_NOW = "status IN ('queued', 'sending', 'sent', 'parked', 'expired', 'rerouted')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column(
        "notifications", sa.Column("progress", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )
    _statuses(_NOW)
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "delivery_lanes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("spent_until", instant, nullable=False),
        sa.Column("open_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("school_id", "lane", name="pk_delivery_lanes"),
    )
    op.create_index("ix_delivery_lanes_open_at", "delivery_lanes", ["open_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("delivery_lanes")
    op.execute("UPDATE notifications SET status = 'parked' WHERE status = 'rerouted'")
    _statuses(_BEFORE)
    op.drop_column("notifications", "progress")


def _statuses(condition: str) -> None:
    """Replace the list of statuses; NOT VALID first, so that no long lock is held while rows are read."""
    op.execute("ALTER TABLE notifications DROP CONSTRAINT ck_notifications_status")
    op.execute(
        f"ALTER TABLE notifications ADD CONSTRAINT ck_notifications_status CHECK ({condition}) NOT VALID"
    )
    op.execute("ALTER TABLE notifications VALIDATE CONSTRAINT ck_notifications_status")
