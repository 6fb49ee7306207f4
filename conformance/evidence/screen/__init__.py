"""Records the whole screen while a scenario runs."""
