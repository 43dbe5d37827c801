"""let fees be corrected and taken back: what was changed is kept beside them, and money comes off an invoice again.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ABOVE_ZERO = "ck_fee_allocations_ck_fee_allocations_amount_above_zero"
"""As revision 0010 came to name it."""
_ADDED = ("fee_changes", "fee_returns")


def _key(table: str, of: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(f"{of}_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["school_id", f"{of}_id"], [f"fee_{of}s.school_id", f"fee_{of}s.id"], name=f"fk_{table}_school_id_{of}_id"
        ),
    ]  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("fee_invoices", sa.Column("version", sa.SmallInteger(), nullable=False, server_default="1"))
    op.add_column(
        "fee_invoices", sa.Column("postponed", sa.SmallInteger(), nullable=False, server_default="0")
    )
    op.add_column("fee_invoices", sa.Column("withdrawn_at", _MOMENT, nullable=True))
    op.drop_constraint(op.f(_ABOVE_ZERO), "fee_allocations")
    op.create_check_constraint(op.f("ck_fee_allocations_amount_not_zero"), "fee_allocations", "amount <> 0")
    op.create_table(
        "fee_changes",
        *_key("fee_changes", "invoice"),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("old_title", sa.String(120), nullable=False),
        sa.Column("old_amount", sa.BigInteger(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(120), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.UniqueConstraint(
            "school_id", "change_id", "invoice_id", name="uq_fee_changes_school_id_change_id_invoice_id"
        ),
    )
    op.create_index("ix_fee_changes_school_id_invoice_id", "fee_changes", ["school_id", "invoice_id"])
    op.create_table(
        "fee_returns",
        *_key("fee_returns", "payment"),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("returned_by", sa.String(120), nullable=False),
        sa.Column("returned_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("school_id", "number", name="uq_fee_returns_school_id_number"),
        sa.CheckConstraint("amount > 0", name="amount_above_zero"),
    )
    op.create_index("ix_fee_returns_school_id_payment_id", "fee_returns", ["school_id", "payment_id"])
    for table in _ADDED:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_ledger()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in reversed(_ADDED):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_fee_allocations_amount_not_zero"), "fee_allocations")
    # The ledger is not rewritten: what was taken off an invoice stays taken off.
    op.execute(f"ALTER TABLE fee_allocations ADD CONSTRAINT {_ABOVE_ZERO} CHECK (amount > 0) NOT VALID")
    for column in ("withdrawn_at", "postponed", "version"):
        op.drop_column("fee_invoices", column)
