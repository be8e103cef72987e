"""Computers that a person's phone may be asked by, without a QR and without a name.

Revision ID: 0006_remembered_computers
Revises: 0005_oauth
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_remembered_computers"
down_revision = "0005_oauth"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remembered_computers",
        sa.Column("remembered_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("previous_digest", sa.String(64), nullable=False),
        sa.Column("client_name", sa.String(64), nullable=False),
        sa.Column("device_name", sa.String(64), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("password_mark", sa.String(16), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.account_id"],
            name=op.f("fk_remembered_computers_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("remembered_id", name=op.f("pk_remembered_computers")),
    )
    with op.batch_alter_table("remembered_computers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remembered_computers_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("remembered_computers")
