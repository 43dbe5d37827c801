"""let a desk answer on Sundays too: a boarding school's week has seven days.

Revision ID: 0024
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("chat_desks", sa.Column("days", sa.SmallInteger, nullable=False, server_default="5"))
    op.execute("UPDATE chat_desks SET days = CASE WHEN saturday THEN 6 ELSE 5 END")
    op.alter_column("chat_desks", "days", server_default=None)
    op.drop_column("chat_desks", "saturday")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("chat_desks", sa.Column("saturday", sa.Boolean, nullable=False, server_default="false"))
    op.execute("UPDATE chat_desks SET saturday = days > 5")
    op.alter_column("chat_desks", "saturday", server_default=None)
    op.drop_column("chat_desks", "days")
