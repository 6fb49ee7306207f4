"""Submission: listener, connections, commands, syntax, limits."""
