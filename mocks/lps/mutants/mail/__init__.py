"""Mistakes in mails and in how they are handed in."""
