"""Scenarios of this family."""
