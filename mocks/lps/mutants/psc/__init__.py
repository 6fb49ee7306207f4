"""Mistakes with Pro Santé Connect."""
