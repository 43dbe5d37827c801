"""create consents.

Consents and requests about personal data; sign-on attempts; data keys; roles, second step and wrong tries of
staff.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ROLES = {"admin": "head", "teacher": "homeroom", "office": "accountant"}


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ids() -> tuple[sa.Column, sa.Column]:
    return sa.Column("school_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _upgrade_staff()
    _create_sign_ons()
    _create_vault()
    _create_rights()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in ("data_exports", "data_requests", "consents"):
        op.drop_table(table)
    op.execute("DROP FUNCTION vault_ready(bigint)")
    op.drop_table("vault_keys")
    op.execute("DROP SEQUENCE vault_changes")
    op.drop_table("sign_ons")
    _downgrade_staff()


def _upgrade_staff() -> None:
    for old, new in _ROLES.items():
        op.execute(
            sa.text("UPDATE staff_accounts SET role = :new WHERE role = :old").bindparams(old=old, new=new)
        )
    op.drop_column("staff_accounts", "failures")
    op.drop_column("staff_accounts", "locked_until")
    for column in (
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _instant("totp_since", nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("recovery", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("sealed_citizen_id", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_index", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("staff_accounts", column)
    op.create_unique_constraint("uq_staff_accounts_citizen_index", "staff_accounts", ["citizen_index"])
    for column in (
        sa.Column("stage", sa.String(10), server_default=sa.text("'open'"), nullable=False),
        sa.Column("method", sa.String(10), server_default=sa.text("'password'"), nullable=False),
        sa.Column("agent", sa.String(60), server_default=sa.text("''"), nullable=False),
    ):
        op.add_column("staff_sessions", column)
    op.create_table(
        "staff_sign_in_attempts",
        *_ids(),
        sa.Column("failures", sa.Integer(), nullable=False),
        _instant("locked_until", nullable=True),
        _instant("last_at"),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_staff_sign_in_attempts"),
    )
    op.create_index("ix_staff_sign_in_attempts_last_at", "staff_sign_in_attempts", ["last_at"])


def _downgrade_staff() -> None:
    op.drop_table("staff_sign_in_attempts")
    for name in ("stage", "method", "agent"):
        op.drop_column("staff_sessions", name)
    op.drop_constraint("uq_staff_accounts_citizen_index", "staff_accounts")
    for name in (
        "class_id", "must_change", "totp_since", "totp_step", "recovery", "sealed_citizen_id", "citizen_index",
    ):  # fmt: skip
        op.drop_column("staff_accounts", name)
    op.add_column(
        "staff_accounts", sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("staff_accounts", _instant("locked_until", nullable=True))
    for old, new in _ROLES.items():
        op.execute(
            sa.text("UPDATE staff_accounts SET role = :old WHERE role = :new").bindparams(old=old, new=new)
        )
    op.execute("UPDATE staff_accounts SET role = 'teacher' WHERE role IN ('gate', 'technician')")


def _create_sign_ons() -> None:
    op.create_table(
        "sign_ons",
        *_ids(),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("chat_account_id", sa.Uuid(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("state_hash", sa.LargeBinary(), nullable=True),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_secrets", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_person", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_sign_ons"),
        sa.UniqueConstraint("link_hash", name="uq_sign_ons_link_hash"),
        sa.UniqueConstraint("state_hash", name="uq_sign_ons_state_hash"),
        sa.ForeignKeyConstraint(
            ["school_id", "chat_account_id"],
            ["chat_accounts.school_id", "chat_accounts.id"],
            name="fk_sign_ons_school_id_chat_account_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_sign_ons_school_id_chat_account_id", "sign_ons", ["school_id", "chat_account_id"])
    op.create_index("ix_sign_ons_expires_at", "sign_ons", ["expires_at"])


def _create_vault() -> None:
    op.execute("CREATE SEQUENCE vault_changes")
    op.create_table(
        "vault_keys",
        *_ids(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("indexing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("master_id", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        _instant("created_at"),
        _instant("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_vault_keys"),
        sa.UniqueConstraint("school_id", "version", name="uq_vault_keys_school_id_version"),
        sa.UniqueConstraint("change", name="uq_vault_keys_change"),
    )
    # Two statements in one call: the second must see what was committed while the first one waited.
    op.execute(
        """
        CREATE FUNCTION vault_ready(lock bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared(lock);
            RETURN (SELECT coalesce(max(change), 0) FROM vault_keys);
        END $$
        """
    )


def _of_student(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["school_id", "student_id"],
        ["students.school_id", "students.id"],
        name=f"fk_{table}_school_id_student_id",
    )


def _create_rights() -> None:
    op.create_table(
        "consents",
        *_ids(),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("child_agreed", sa.Boolean(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        _instant("at"),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_consents"),
        _of_student("consents"),
    )
    op.create_index("ix_consents_school_id_student_id", "consents", ["school_id", "student_id"])
    op.create_table(
        "data_requests",
        *_ids(),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        _instant("opened_at"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _instant("answered_at", nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_data_requests"),
        sa.UniqueConstraint("school_id", "number", name="uq_data_requests_school_id_number"),
        _of_student("data_requests"),
    )
    op.create_index(
        "ix_data_requests_school_id_status_due_on", "data_requests", ["school_id", "status", "due_on"]
    )
    op.create_table(
        "data_exports",
        *_ids(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("opened", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_data_exports"),
        sa.UniqueConstraint("token_hash", name="uq_data_exports_token_hash"),
        _of_student("data_exports"),
    )
    op.create_index("ix_data_exports_expires_at", "data_exports", ["expires_at"])
