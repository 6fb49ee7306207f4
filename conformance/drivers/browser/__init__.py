"""Driving a browser: gestures, looks, endings, the wallet pages."""
