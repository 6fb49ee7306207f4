"""The endpoints of the mock provider, one file each; `routes.py` names their paths."""
