"""create schools.

Revision ID: 0001
Revises: None
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "schools",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("late_after", sa.Time(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", name="pk_schools"),
        sa.CheckConstraint("opens <= starts AND starts <= late_after", name="ck_schools_day_in_order"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("schools")
