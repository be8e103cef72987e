"""Taxpayer numbers of 20 characters, and authorizations that begin on a day.

Revision ID: 0004_longer_numbers
Revises: 0003_installation
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_longer_numbers"
down_revision = "0003_installation"
branch_labels = None
depends_on = None

TABLES = ("units", "authorizations", "bindings", "unit_roles")


def upgrade() -> None:
    _resize(18, 20)
    op.add_column("authorizations", sa.Column("valid_from", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("authorizations") as batch_op:
        batch_op.drop_column("valid_from")
    _resize(20, 18)


def _resize(before: int, after: int) -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(
                "taxpayer_id",
                existing_type=sa.String(length=before),
                type_=sa.String(length=after),
                existing_nullable=False,
            )
