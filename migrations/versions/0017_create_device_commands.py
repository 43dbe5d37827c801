"""create device commands.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "device_commands",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("order", JSONB(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(60), nullable=False),
        sa.Column("sealed_reply_to", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("detail", sa.String(60), nullable=True),
        sa.Column("state", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_device_commands"),
        sa.ForeignKeyConstraint(
            ["school_id", "device_id"],
            ["devices.school_id", "devices.id"],
            name="fk_device_commands_school_id_device_id",
        ),
    )
    op.create_index(
        "ix_device_commands_school_id_device_id_issued_at",
        "device_commands",
        ["school_id", "device_id", "issued_at"],
    )
    op.create_index(
        "ix_device_commands_open",
        "device_commands",
        ["school_id", "device_id", "expires_at"],
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "enrolled_faces",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.String(40), nullable=False),
        sa.Column("sealed_templates", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_enrolled_faces"),
        sa.UniqueConstraint(
            "school_id", "student_id", "model_id", name="uq_enrolled_faces_school_id_student_id_model_id"
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "student_id"],
            ["students.school_id", "students.id"],
            name="fk_enrolled_faces_school_id_student_id",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "device_id"],
            ["devices.school_id", "devices.id"],
            name="fk_enrolled_faces_school_id_device_id",
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("enrolled_faces")
    op.drop_table("device_commands")
