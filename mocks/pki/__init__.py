"""The bench's own certificate authority."""
