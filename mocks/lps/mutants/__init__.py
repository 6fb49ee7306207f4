"""The reference system with one deliberate mistake each."""
