"""How the tables came about, step by step (Alembic). Run by gateway.store.upgrade."""

NEWEST = "0001"  # the step this program needs; a test compares it with what Alembic finds here
