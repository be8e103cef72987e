"""People and units by the beginning of a name or number: indexes on names, and texts in the order of their bytes.

Revision ID: 0008_search
Revises: 0007_ciba
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_search"
down_revision = "0007_ciba"
branch_labels = None
depends_on = None

TEXTS = {
    "accounts": {"login_name": 64, "phone": 32, "name": 200, "id_number": 32},
    "units": {"taxpayer_id": 20, "name": 200},
    # As the column that they refer to: PostgreSQL compares no two texts of different orders.
    "unit_roles": {"taxpayer_id": 20},
    "bindings": {"taxpayer_id": 20},
    "authorizations": {"taxpayer_id": 20},
}


def upgrade() -> None:
    _order_by("C")
    op.create_index("ix_accounts_name", "accounts", ["name", "login_name"])
    op.create_index("ix_units_name", "units", ["name", "taxpayer_id"])


def downgrade() -> None:
    op.drop_index("ix_units_name", "units")
    op.drop_index("ix_accounts_name", "accounts")
    _order_by("default")


def _order_by(collation: str) -> None:
    """Have PostgreSQL compare these texts so; SQLite always compares bytes."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in TEXTS.items():
        for column, length in columns.items():
            op.alter_column(
                table,
                column,
                existing_type=sa.String(length),
                type_=sa.String(length, collation=collation),
                existing_nullable=False,
            )
