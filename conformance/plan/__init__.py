"""banc.toml: what product, which corridor and wave, what to run."""
