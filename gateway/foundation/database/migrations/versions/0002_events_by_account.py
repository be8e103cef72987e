"""An account's steps in their order: found by one index, however many there are.

Revision ID: 0002_events_by_account
Revises: 0001_first
"""

from alembic import op

revision = "0002_events_by_account"
down_revision = "0001_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_events_account_id_event_id", "audit_events", ["account_id", "event_id"])
    op.drop_index("ix_audit_events_account_id", table_name="audit_events")


def downgrade() -> None:
    op.create_index("ix_audit_events_account_id", "audit_events", ["account_id"])
    op.drop_index("ix_audit_events_account_id_event_id", table_name="audit_events")
