"""The mocks for a product that nobody here starts, and what its desk is given."""
