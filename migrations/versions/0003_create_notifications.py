"""create notifications.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _create_notifications()
    op.create_table(
        "delivery_paces",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_delivery_paces"),
    )


def _create_notifications() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "notifications",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("not_before", instant, nullable=False),
        sa.Column("attempt_at", instant, nullable=False),
        sa.Column("expires_at", instant),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("leased_until", instant),
        sa.Column("finished_at", instant),
        sa.Column("failure", sa.Text()),
        sa.Column("message_id", sa.Text()),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_notifications"),
        sa.UniqueConstraint("school_id", "dedupe_key", name="uq_notifications_school_id_dedupe_key"),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'parked', 'expired')",
            name=op.f("ck_notifications_status"),
        ),
        sa.CheckConstraint("urgency BETWEEN 0 AND 2", name=op.f("ck_notifications_urgency")),
        sa.CheckConstraint(
            "(status = 'sending') = (lease_token IS NOT NULL)", name=op.f("ck_notifications_lease")
        ),
    )
    _index("uq_notifications_sending", ["school_id", "lane"], "status = 'sending'", unique=True)
    _index(
        "ix_notifications_waiting",
        ["school_id", "lane", "urgency", "seq"],
        "status IN ('queued', 'sending')",
    )
    _index("ix_notifications_queued", ["channel", "urgency", "seq"], "status = 'queued'")
    _index("ix_notifications_expiring", ["expires_at"], "status = 'queued' AND expires_at IS NOT NULL")
    _index("ix_notifications_parked", ["school_id", "seq"], "status = 'parked'")
    op.create_index("ix_notifications_history", "notifications", ["school_id", "lane", "seq"])
    # A queue's rows change several times in seconds: leave room in the page, clean early.
    op.execute(
        "ALTER TABLE notifications SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, "
        "autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05)"
    )


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, "notifications", columns, unique=unique, postgresql_where=sa.text(where))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("delivery_paces")
    op.drop_table("notifications")
