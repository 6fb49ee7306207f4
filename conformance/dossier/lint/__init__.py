"""Checks a folder of proofs that a stranger prepared against what a deposit asks."""
