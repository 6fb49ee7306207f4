"""The product in a run: its processes, its windows, and what it is seen to do."""
