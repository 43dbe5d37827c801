"""add an urgency between a reply and the rest: what happens now and the family waits for.

Revision ID: 0022
Revises: 0020
"""

from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _renumber("urgency BETWEEN 0 AND 3", "UPDATE notifications SET urgency = 3 WHERE urgency = 2")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    _renumber("urgency BETWEEN 0 AND 2", "UPDATE notifications SET urgency = 2 WHERE urgency = 3")


def _renumber(check: str, update: str) -> None:
    name = op.f("ck_notifications_urgency")
    op.drop_constraint(name, "notifications", type_="check")
    op.execute(update)
    op.create_check_constraint(name, "notifications", check)
