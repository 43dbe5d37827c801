"""create exams.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "exam_sessions",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("room", sa.String(40), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("opens_before", sa.Interval(), nullable=False),
        sa.Column("late_for", sa.Interval(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_exam_sessions"),
        sa.CheckConstraint("starts_at < ends_at", name="ck_exam_sessions_times_in_order"),
    )
    op.create_index("ix_exam_sessions_school_id_starts_at", "exam_sessions", ["school_id", "starts_at"])
    op.create_table(
        "exam_candidates",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_exam_candidates"),
        sa.ForeignKeyConstraint(
            ["school_id", "session_id"],
            ["exam_sessions.school_id", "exam_sessions.id"],
            name="fk_exam_candidates_school_id_session_id",
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "student_id"],
            ["students.school_id", "students.id"],
            name="fk_exam_candidates_school_id_student_id",
        ),
        sa.UniqueConstraint(
            "school_id", "session_id", "student_id", name="uq_exam_candidates_school_id_session_id_student_id"
        ),
        sa.UniqueConstraint(
            "school_id", "session_id", "number", name="uq_exam_candidates_school_id_session_id_number"
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("exam_candidates")
    op.drop_table("exam_sessions")
