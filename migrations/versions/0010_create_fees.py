"""create fees.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_LEDGER = ("fee_payments", "fee_allocations")


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name=f"pk_{table}"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=f"ck_{table}_amount_above_zero"),
    ]


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["school_id", column],
        [f"{target}.school_id", f"{target}.id"],
        name=f"fk_{table}_school_id_{column}",
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "fee_invoices",
        *_key("fee_invoices"),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        _refers("fee_invoices", "student_id", "students"),
        sa.UniqueConstraint("school_id", "reference", name="uq_fee_invoices_school_id_reference"),
    )
    op.create_index("ix_fee_invoices_school_id_student_id", "fee_invoices", ["school_id", "student_id"])
    op.create_table(
        "fee_payments",
        *_key("fee_payments"),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("external_id", sa.String(120), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.UniqueConstraint(
            "school_id", "source", "external_id", name="uq_fee_payments_school_id_source_external_id"
        ),
    )
    op.create_index("ix_fee_payments_school_id_received_at", "fee_payments", ["school_id", "received_at"])
    op.create_table(
        "fee_allocations",
        *_key("fee_allocations"),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("allocated_by", sa.String(120), nullable=False),
        sa.Column("allocated_at", _MOMENT, nullable=False),
        _refers("fee_allocations", "payment_id", "fee_payments"),
        _refers("fee_allocations", "invoice_id", "fee_invoices"),
    )
    op.create_index("ix_fee_allocations_school_id_invoice_id", "fee_allocations", ["school_id", "invoice_id"])
    op.create_index("ix_fee_allocations_school_id_payment_id", "fee_allocations", ["school_id", "payment_id"])
    op.create_table(
        "fee_accounts",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("bank_bin", sa.String(6), nullable=False),
        sa.Column("number", sa.String(19), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_fee_accounts"),
    )
    op.execute(
        "CREATE FUNCTION refuse_to_change_ledger() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger % is append-only', TG_TABLE_NAME; END $$"
    )
    for table in _LEDGER:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_ledger()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in ("fee_accounts", "fee_allocations", "fee_payments", "fee_invoices"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_to_change_ledger()")
