"""extend guardianships: steps, levels of accounts, tickets, cases, restrictions; pupils who left.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NEW_COLUMNS = (
    ("students", "left_on", sa.Date()),
    ("guardians", "sealed_identity", sa.LargeBinary()),
    ("guardians", "citizen_index", sa.LargeBinary()),
    ("guardianships", "valid_until", sa.Date()),
    ("guardianships", "adult_agreed_at", _MOMENT),
    ("guardian_accounts", "level", sa.Integer()),
    ("guardian_link_attempts", "last_at", _MOMENT),
)
_INDEXES = (
    ("guardians", "citizen_index"),
    ("guardianship_steps", "guardianship_id"),
    ("guardianship_steps", "at"),
    ("guardian_tickets", "ticket_index"),
    ("guardian_tickets", "chat_account_id"),
    ("guardian_cases", "status"),
    ("guardian_cases", "chat_account_id"),
    ("guardian_restrictions", "student_id"),
    ("guardian_restrictions", "citizen_index"),
)


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
    for table, column, kind in _NEW_COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    # Accounts linked before had no level of their own: they keep what their guardianships gave them.
    op.execute(
        """
        UPDATE guardian_accounts a SET level = coalesce((
          SELECT max(CASE t.state WHEN 'verified_online' THEN 3 WHEN 'verified_at_school' THEN 3
                                  WHEN 'data_matched' THEN 2 ELSE 1 END)
          FROM guardianships t WHERE t.school_id = a.school_id AND t.guardian_id = a.guardian_id), 1)
        """
    )
    op.alter_column("guardian_accounts", "level", nullable=False)
    _create_steps()
    _create_tickets()
    _create_cases()
    _create_restrictions()
    op.create_table(
        "guardian_kiosk_reports",
        *_key("guardian_kiosk_reports"),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("report_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_receipt", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
    )
    for table, column in _INDEXES:
        op.create_index(f"ix_{table}_school_id_{column}", table, ["school_id", column])


def _create_steps() -> None:
    op.create_table(
        "guardianship_steps",
        *_key("guardianship_steps"),
        sa.Column("guardianship_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("state_before", sa.String(30), nullable=False),
        sa.Column("state_after", sa.String(30), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("evidence", sa.String(120), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        _refers("guardianship_steps", "guardianship_id", "guardianships", "CASCADE"),
    )
    # Nothing rewrites a step. Retention may delete whole ones and a new key may reseal their reasons: they say so
    # for their own transaction (SET LOCAL congtruong.forgetting, congtruong.resealing).
    op.execute(
        """
        CREATE FUNCTION refuse_step_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF (TG_OP = 'DELETE' AND current_setting('congtruong.forgetting', true) = 'on')
             OR (TG_OP = 'UPDATE' AND current_setting('congtruong.resealing', true) = 'on') THEN
            RETURN NULL;
          END IF;
          RAISE EXCEPTION 'steps are append-only' USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER guardianship_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON guardianship_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_step_change()"
    )


def _create_tickets() -> None:
    op.create_table(
        "guardian_tickets",
        *_key("guardian_tickets"),
        sa.Column("chat_account_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("ticket_index", sa.LargeBinary(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _refers("guardian_tickets", "chat_account_id", "chat_accounts", "CASCADE"),
    )


def _create_cases() -> None:
    op.create_table(
        "guardian_cases",
        *_key("guardian_cases"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("means", sa.String(20), nullable=False),
        sa.Column("chat_account_id", sa.Uuid(), nullable=True),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("guardianship_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_details", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        _refers("guardian_cases", "chat_account_id", "chat_accounts", "CASCADE"),
        _refers("guardian_cases", "student_id", "students"),
        _refers("guardian_cases", "guardianship_id", "guardianships", "CASCADE"),
    )


def _create_restrictions() -> None:
    op.create_table(
        "guardian_restrictions",
        *_key("guardian_restrictions"),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sealed_person", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_index", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.Column("lifted_by", sa.String(120), nullable=True),
        _refers("guardian_restrictions", "student_id", "students"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_index("ix_guardians_school_id_citizen_index", "guardians")
    for table in (
        *("guardian_kiosk_reports", "guardian_restrictions"),
        *("guardian_cases", "guardian_tickets", "guardianship_steps"),
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_step_change()")
    for table, column, _kind in reversed(_NEW_COLUMNS):
        op.drop_column(table, column)
