"""`banc serve` and what its terminal shows."""
