"""create conversations.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _of_school(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f(f"pk_{table}")),
    )


def _of_account(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "account_id"],
            ["chat_accounts.school_id", "chat_accounts.id"],
            name=op.f(f"fk_{table}_school_id_account_id"),
            ondelete="CASCADE",
        ),
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _of_school(
        "chat_accounts",
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("state", sa.LargeBinary()),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("introduced_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.UniqueConstraint(
            "school_id",
            "channel",
            "address_index",
            name=op.f("uq_chat_accounts_school_id_channel_address_index"),
        ),
    )
    _of_school(
        "chat_turns",
        *_of_account("chat_turns"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("answered", sa.LargeBinary()),
        sa.Column("flow", sa.String(40)),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.UniqueConstraint(
            "school_id",
            "account_id",
            "message_id",
            name=op.f("uq_chat_turns_school_id_account_id_message_id"),
        ),
    )
    op.create_index(
        op.f("ix_chat_turns_school_id_account_id_id"), "chat_turns", ["school_id", "account_id", "id"]
    )
    _of_school(
        "chat_lines",
        *_of_account("chat_lines"),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.UniqueConstraint(
            "school_id",
            "account_id",
            "external_id",
            name=op.f("uq_chat_lines_school_id_account_id_external_id"),
        ),
    )
    op.create_index(
        op.f("ix_chat_lines_school_id_account_id_id"), "chat_lines", ["school_id", "account_id", "id"]
    )
    _of_school(
        "chat_handovers",
        *_of_account("chat_handovers"),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("urgency", sa.String(16), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("taken_by", sa.String(120)),
        sa.Column("taken_at", INSTANT),
        sa.Column("closed_at", INSTANT),
    )
    op.create_index(
        "uq_chat_handovers_open",
        "chat_handovers",
        ["school_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _of_school(
        "chat_channel_tokens",
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=False),
        sa.Column("refresh", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("rotated_at", INSTANT, nullable=False),
        sa.UniqueConstraint("school_id", "channel", name=op.f("uq_chat_channel_tokens_school_id_channel")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in ("chat_channel_tokens", "chat_handovers", "chat_lines", "chat_turns", "chat_accounts"):
        op.drop_table(table)
