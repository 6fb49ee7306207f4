"""The tests of the bench; `worlds` is what they share."""
