"""Mails of the reference system: composed, worded, sent."""
