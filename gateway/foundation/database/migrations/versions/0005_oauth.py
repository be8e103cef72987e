"""Registered clients of OAuth, and the keys that sign their tokens.

Revision ID: 0005_oauth
Revises: 0004_longer_numbers
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_oauth"
down_revision = "0004_longer_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("post_logout_redirect_uris", sa.JSON(), nullable=False),
        sa.Column("backchannel_logout_uri", sa.String(2000), nullable=False),
        sa.Column("grant_types", sa.JSON(), nullable=False),
        sa.Column("access_token_format", sa.String(16), nullable=False),
        sa.Column("id_token_signed_response_alg", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_oauth_clients")),
    )
    op.create_table(
        "oauth_keys",
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("alg", sa.String(16), nullable=False),
        sa.Column("encrypted", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_oauth_keys")),
    )


def downgrade() -> None:
    op.drop_table("oauth_keys")
    op.drop_table("oauth_clients")
