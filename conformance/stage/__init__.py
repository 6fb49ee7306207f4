"""Brings the mocks and the product up and down for a run."""
