"""A mock Pro Santé Connect, as strict as the real one."""
