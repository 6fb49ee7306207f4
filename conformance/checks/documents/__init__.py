"""Rules on documents: archive, versions, notification of those who had an earlier one."""
