"""How the tables came about, step by step (Alembic). Run by gateway.store.upgrade."""
