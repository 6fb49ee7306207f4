"""The reference system: a small, conformant medical software."""
