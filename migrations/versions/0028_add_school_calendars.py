"""add school calendars, notes of leave, and the daily look for pupils who did not come.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column("schools", sa.Column("lessons_on_saturdays", sa.Boolean))
    op.add_column("schools", sa.Column("absent_after", sa.Time))
    op.create_table(
        "school_spans",
        sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.school_id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_school_spans_in_order")),
    )
    op.create_table(
        "leave_notes",
        sa.Column("school_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("student_id", sa.Uuid, nullable=False),
        sa.Column("first_on", sa.Date),
        sa.Column("last_on", sa.Date),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
    )
    op.create_index(op.f("ix_leave_notes_school_id_said_at"), "leave_notes", ["school_id", "said_at"])
    op.create_index(op.f("ix_leave_notes_said_at"), "leave_notes", ["said_at"])
    op.create_table(
        "absence_rounds",
        sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.school_id"), primary_key=True),
        sa.Column("school_day", sa.Date, primary_key=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("absence_rounds")
    op.drop_table("leave_notes")
    op.drop_table("school_spans")
    op.drop_column("schools", "absent_after")
    op.drop_column("schools", "lessons_on_saturdays")
