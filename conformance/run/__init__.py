"""Whole runs: the session and its end, films added afterwards, the matrix of mutants."""
