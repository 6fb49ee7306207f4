"""What people conclude beside a sealed bundle: decisions, their targets, their files."""
