"""`banc decide`, by options or by questions."""
