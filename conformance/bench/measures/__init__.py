"""What is measured: one row of the performance budget a module."""
