"""Driving by a person at their own product."""
