"""A vendor's first minutes: ten questions, and the `banc.toml` that their answers make."""
