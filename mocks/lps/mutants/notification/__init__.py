"""Mistakes in telling those who had an earlier version."""
