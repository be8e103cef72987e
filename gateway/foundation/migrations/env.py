"""Alembic's entry: it runs on the connection that ``gateway.foundation.database`` hands over."""

from alembic import context

import gateway.foundation.installation
import gateway.identity.tables
import gateway.units.tables  # noqa: F401 - all three fill the metadata
from gateway.foundation.database import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
