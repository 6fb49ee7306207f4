"""The dossier: one line per deposit field, its best evidence over several bundles, its linter."""
