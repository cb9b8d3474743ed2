"""The steps, in order. A step that was released is never altered; a new one is written by hand and a test compares the outcome with tables.py."""
