"""How to act on a system and see what it shows. `actions.py` is the contract of them all."""
