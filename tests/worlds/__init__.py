"""What stands around a test: services, a product between them, processes that start warm."""
