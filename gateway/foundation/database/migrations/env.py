"""Alembic's entry: it runs on the connection that ``gateway.foundation.database.schema`` hands over."""

from alembic import context

# The migrations say all that is to be done: the tables of the rooms are not needed, and not known here.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
