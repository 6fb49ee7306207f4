"""A run as a sealed folder: safe reading, finish, seal, verify, diff."""
