"""Peers that are measured beside the bench: scripts and package lists of other runtimes."""
