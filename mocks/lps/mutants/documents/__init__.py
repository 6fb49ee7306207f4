"""Mistakes in documents and archives."""
