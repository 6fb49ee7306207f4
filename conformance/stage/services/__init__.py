"""The services around a product, one class for each way in which one is played."""
