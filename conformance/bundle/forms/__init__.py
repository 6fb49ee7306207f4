"""Each file of a bundle in its form, as somebody else may have written it."""
