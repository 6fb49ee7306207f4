"""`banc list` and what a plan owes."""
