"""Read by Alembic: runs the steps on the connection, and inside the transaction, that gateway.store.upgrade has opened."""

from __future__ import annotations

from alembic import context

from gateway.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
