"""`banc catalogue` and its subcommands."""
