"""The rules: pure functions over what was observed. They say held, broken or unclear, no more."""
