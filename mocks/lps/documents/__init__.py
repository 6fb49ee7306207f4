"""Writers of the reference system: PDF/A-1, CDA R2 level 1, IHE XDM archive."""
