"""Readers of what travels: mail, archives, CDA, PDF. They judge nothing."""
