"""create guardians.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name=f"pk_{table}"),
    ]


def _refers(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["school_id", column],
        [f"{target}.school_id", f"{target}.id"],
        name=f"fk_{table}_school_id_{column}",
        ondelete=ondelete,
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "guardians",
        *_key("guardians"),
        sa.Column("sealed_profile", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("school_id", "phone_index", name="uq_guardians_school_id_phone_index"),
    )
    op.create_table(
        "guardianships",
        *_key("guardianships"),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        _refers("guardianships", "student_id", "students"),
        _refers("guardianships", "guardian_id", "guardians"),
        sa.UniqueConstraint(
            "school_id", "student_id", "guardian_id", name="uq_guardianships_school_id_student_id_guardian_id"
        ),
    )
    op.create_index("ix_guardianships_school_id_guardian_id", "guardianships", ["school_id", "guardian_id"])
    op.create_table(
        "guardian_accounts",
        *_key("guardian_accounts"),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("chat_account_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", _MOMENT, nullable=False),
        _refers("guardian_accounts", "guardian_id", "guardians"),
        _refers("guardian_accounts", "chat_account_id", "chat_accounts", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "school_id",
            "chat_account_id",
            "guardian_id",
            name="uq_guardian_accounts_school_id_chat_account_id_guardian_id",
        ),
    )
    op.create_index(
        "ix_guardian_accounts_school_id_guardian_id", "guardian_accounts", ["school_id", "guardian_id"]
    )
    op.create_table(
        "guardian_link_codes",
        *_key("guardian_link_codes"),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("strength", sa.String(20), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _refers("guardian_link_codes", "guardian_id", "guardians"),
    )
    op.create_index(
        "ix_guardian_link_codes_school_id_code_index", "guardian_link_codes", ["school_id", "code_index"]
    )
    op.create_table(
        "guardian_link_attempts",
        *_key("guardian_link_attempts"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", _MOMENT, nullable=True),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in (
        "guardian_link_attempts",
        "guardian_link_codes",
        "guardian_accounts",
        "guardianships",
        "guardians",
    ):
        op.drop_table(table)
