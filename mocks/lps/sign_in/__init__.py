"""Signing in with Pro Santé Connect: the client, the ID token, the person, the decisions."""
