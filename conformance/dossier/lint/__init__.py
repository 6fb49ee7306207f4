"""Holds a folder of proofs that somebody else prepared to what a deposit asks of it."""
