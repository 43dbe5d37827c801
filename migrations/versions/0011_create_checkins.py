"""create checkins.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "check_ins",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("report_index", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("exam_session_id", sa.Uuid(), nullable=True),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("identified_by", sa.String(20), nullable=False),
        sa.Column("chip", sa.String(40), nullable=False),
        sa.Column("face", sa.String(20), nullable=False),
        sa.Column("face_score", sa.Float(), nullable=True),
        sa.Column("liveness_passed", sa.Boolean(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_day", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("punctuality", sa.String(20), nullable=False),
        sa.Column("sealed_receipt", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_citizen_id", sa.LargeBinary(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(60), nullable=True),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_check_ins"),
        sa.UniqueConstraint("school_id", "report_id", name="uq_check_ins_school_id_report_id"),
        sa.ForeignKeyConstraint(
            ["school_id", "device_id"],
            ["devices.school_id", "devices.id"],
            name="fk_check_ins_school_id_device_id",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "student_id"],
            ["students.school_id", "students.id"],
            name="fk_check_ins_school_id_student_id",
        ),
    )
    op.create_index(
        "ix_check_ins_school_id_school_day_student_id", "check_ins", ["school_id", "school_day", "student_id"]
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("check_ins")
