"""Reads each file of a bundle and checks its form: a stranger may have written it."""
