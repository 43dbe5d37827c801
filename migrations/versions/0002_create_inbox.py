"""create inbox.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "inbox_events",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("attempt_at", instant, nullable=False),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("leased_until", instant),
        sa.Column("finished_at", instant),
        sa.Column("failure", sa.Text()),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_inbox_events"),
        sa.UniqueConstraint(
            "school_id", "source", "external_id", name="uq_inbox_events_school_id_source_external_id"
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'working', 'done', 'parked')", name=op.f("ck_inbox_events_status")
        ),
        sa.CheckConstraint(
            "(status = 'working') = (lease_token IS NOT NULL)", name=op.f("ck_inbox_events_lease")
        ),
    )
    _index("uq_inbox_events_working", ["school_id", "lane"], "status = 'working'", unique=True)
    _index("ix_inbox_events_waiting", ["school_id", "lane", "seq"], "status IN ('queued', 'working')")
    _index("ix_inbox_events_queued", ["seq"], "status = 'queued'")
    _index("ix_inbox_events_parked", ["school_id", "seq"], "status = 'parked'")
    # A queue's rows change several times in seconds: leave room in the page, clean early.
    op.execute(
        "ALTER TABLE inbox_events SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, "
        "autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05)"
    )


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, "inbox_events", columns, unique=unique, postgresql_where=sa.text(where))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("inbox_events")
