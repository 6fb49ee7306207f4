"""What people and build servers read."""
