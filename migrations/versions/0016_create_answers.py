"""create answers.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key() -> tuple[sa.Column, sa.Column]:
    return sa.Column("school_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _api_keys()
    op.create_table(
        "school_passages",
        *_key(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_school_passages"),
    )
    op.create_index("ix_school_passages_school_id_status", "school_passages", ["school_id", "status"])
    op.create_table(
        "asked_questions",
        *_key(),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("behaviour", sa.String(20), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("passages", postgresql.JSONB(), nullable=False),
        sa.Column("rating", sa.String(10), nullable=True),
        _instant("asked_at"),
        _instant("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_asked_questions"),
    )
    op.create_index("ix_asked_questions_school_id_asked_at", "asked_questions", ["school_id", "asked_at"])
    op.create_index("ix_asked_questions_asked_at", "asked_questions", ["asked_at"])
    op.create_table(
        "question_clusters",
        *_key(),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_question_clusters"),
    )
    _previews_and_states()


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        *_key(),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("hint", sa.String(12), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        _instant("minute_at"),
        sa.Column("minute_used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        _instant("created_at"),
        _instant("last_used_at", nullable=True),
        _instant("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_api_keys"),
        sa.UniqueConstraint("secret_hash", name="uq_api_keys_secret_hash"),
    )
    op.create_table(
        "api_key_days",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "key_id", "day", name="pk_api_key_days"),
        sa.ForeignKeyConstraint(
            ["school_id", "key_id"],
            ["api_keys.school_id", "api_keys.id"],
            name="fk_api_key_days_school_id_key_id",
            ondelete="CASCADE",
        ),
    )


def _previews_and_states() -> None:
    op.create_table(
        "answer_previews",
        *_key(),
        sa.Column("passage_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_question", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        _instant("asked_at"),
        _instant("answered_at", nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_answer_previews"),
    )
    op.create_index(
        "ix_answer_previews_school_id_answered_at", "answer_previews", ["school_id", "answered_at"]
    )
    op.create_table(
        "answers_states",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("loaded_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _instant("loaded_at", nullable=True),
        _instant("clusters_wanted_at", nullable=True),
        _instant("clustered_at", nullable=True),
        sa.PrimaryKeyConstraint("school_id", name="pk_answers_states"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in (
        "answers_states",
        "answer_previews",
        "question_clusters",
        "asked_questions",
        "school_passages",
        "api_key_days",
        "api_keys",
    ):
        op.drop_table(table)
