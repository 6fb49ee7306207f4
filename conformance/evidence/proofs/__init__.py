"""One file for each proof id, with the pieces that it is made of."""
