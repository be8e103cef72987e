"""What a database says of itself: whose it is, with which key it belongs together.

Revision ID: 0003_installation
Revises: 0002_events_by_account
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_installation"
down_revision = "0002_events_by_account"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )


def downgrade() -> None:
    op.drop_table("installation")
