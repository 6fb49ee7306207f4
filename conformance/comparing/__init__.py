"""Two bundles side by side: difference, earlier run, deposit, what may be removed."""
