"""Claims, signing, and the forgeries that faults ask for."""
