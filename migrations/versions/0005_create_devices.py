"""create devices.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "devices",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("software", sa.String(60), nullable=True),
        sa.Column("spooled", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_devices"),
        sa.UniqueConstraint("id", name="uq_devices_id"),
        sa.UniqueConstraint("public_key", name="uq_devices_public_key"),
    )
    op.create_table(
        "device_enrolment_codes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("selector", sa.String(4), nullable=False),
        sa.Column("secret_index", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_device_enrolment_codes"),
        sa.UniqueConstraint("selector", name="uq_device_enrolment_codes_selector"),
        sa.ForeignKeyConstraint(
            ["school_id", "device_id"],
            ["devices.school_id", "devices.id"],
            name="fk_device_enrolment_codes_school_id_device_id",
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("device_enrolment_codes")
    op.drop_table("devices")
