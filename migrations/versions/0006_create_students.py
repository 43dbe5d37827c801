"""create students.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "classes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_classes"),
        sa.UniqueConstraint("school_id", "name", name="uq_classes_school_id_name"),
    )
    op.create_table(
        "students",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_profile", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_citizen_id", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "id", name="pk_students"),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name="fk_students_school_id_class_id",
        ),
        sa.UniqueConstraint("school_id", "citizen_id_index", name="uq_students_school_id_citizen_id_index"),
    )
    op.create_index("ix_students_school_id_identity_index", "students", ["school_id", "identity_index"])
    op.create_index("ix_students_school_id_class_id", "students", ["school_id", "class_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("students")
    op.drop_table("classes")
