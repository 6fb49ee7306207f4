"""Requirements, scenarios and proofs as data, with their loader."""
