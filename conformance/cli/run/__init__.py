"""`banc run` and what belongs to it."""
