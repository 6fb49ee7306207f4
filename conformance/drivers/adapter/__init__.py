"""Driving by the product's HTTP adapter, described by an OpenAPI file."""
