"""The engine of the bench: it observes, then judges. It knows no protocol server."""
