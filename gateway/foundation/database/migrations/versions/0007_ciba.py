"""How a client hears of the outcome of CIBA: by polls, by a ping, or by a push.

Revision ID: 0007_ciba
Revises: 0006_remembered_computers
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_ciba"
down_revision = "0006_remembered_computers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("oauth_clients", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("backchannel_token_delivery_mode", sa.String(8), nullable=False, server_default="poll")
        )
        batch_op.add_column(
            sa.Column("backchannel_client_notification_endpoint", sa.String(2000), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("oauth_clients", schema=None) as batch_op:
        batch_op.drop_column("backchannel_client_notification_endpoint")
        batch_op.drop_column("backchannel_token_delivery_mode")
