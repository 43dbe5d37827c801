"""create broadcasts, preferences, and the desk behind hand-overs.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _broadcasts()
    _preferences()
    _desk()


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("audience_values", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(12), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(80), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("people", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unreached", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(80), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_broadcasts"),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'running', 'sent', 'stopped')", name="ck_broadcasts_status"
        ),
    )
    op.create_index(
        "ix_broadcasts_due",
        "broadcasts",
        ["starts_at"],
        postgresql_where=sa.text("status IN ('scheduled', 'running')"),
    )
    op.create_index("ix_broadcasts_school_id_created_at", "broadcasts", ["school_id", "created_at"])


def _preferences() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_notification_preferences"),
        sa.UniqueConstraint(
            "school_id", "lane", "kind", name="uq_notification_preferences_school_id_lane_kind"
        ),
        sa.CheckConstraint("mode IN ('now', 'digest', 'off')", name="ck_notification_preferences_mode"),
    )
    op.create_table(
        "notification_digest_items",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_notification_digest_items"),
        sa.UniqueConstraint(
            "school_id", "dedupe_key", name="uq_notification_digest_items_school_id_dedupe_key"
        ),
    )
    op.create_index("ix_notification_digest_items_due_at", "notification_digest_items", ["due_at"])
    op.create_index(
        "ix_notification_digest_items_school_id_lane_due_at",
        "notification_digest_items",
        ["school_id", "lane", "due_at"],
    )


def _desk() -> None:
    op.add_column(
        "chat_handovers", sa.Column("stage", sa.SmallInteger(), server_default=sa.text("1"), nullable=False)
    )
    for name in ("waiting_since", "raised_at"):
        op.add_column("chat_handovers", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("chat_handovers", sa.Column("taken_chat_id", sa.Uuid(), nullable=True))
    op.create_table(
        "chat_handover_lines",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_chat_handover_lines"),
        sa.UniqueConstraint(
            "school_id",
            "handover_id",
            "external_id",
            name="uq_chat_handover_lines_school_id_handover_id_external_id",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "handover_id"],
            ["chat_handovers.school_id", "chat_handovers.id"],
            name="fk_chat_handover_lines_school_id_handover_id",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "chat_staff_chats",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("role", sa.String(20), server_default=sa.text("'head'"), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(20), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_chat_staff_chats"),
    )
    op.create_index(
        "uq_chat_staff_chats_address",
        "chat_staff_chats",
        ["school_id", "channel", "address_index"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL AND joined_at IS NOT NULL"),
    )
    op.create_table(
        "chat_desks",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("saturday", sa.Boolean(), nullable=False),
        sa.Column("raise_after_minutes", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_chat_desks"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("chat_desks")
    op.drop_table("chat_staff_chats")
    op.drop_table("chat_handover_lines")
    for name in ("taken_chat_id", "raised_at", "waiting_since", "stage"):
        op.drop_column("chat_handovers", name)
    op.drop_table("notification_digest_items")
    op.drop_table("notification_preferences")
    op.drop_table("broadcasts")
