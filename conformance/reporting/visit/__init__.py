"""The visit: what an auditor looks at, stop after stop."""
