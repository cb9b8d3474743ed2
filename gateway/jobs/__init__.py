"""What the clock does when nobody calls."""
