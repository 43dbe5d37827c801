"""collate dedupe keys plainly: a search by their beginning then uses the index that is there, in any locale.

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TABLES = ("notifications", "notification_digest_items")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in _TABLES:
        op.execute(f'ALTER TABLE {table} ALTER COLUMN dedupe_key TYPE text COLLATE "C"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    for table in _TABLES:
        op.execute(f'ALTER TABLE {table} ALTER COLUMN dedupe_key TYPE text COLLATE "default"')
