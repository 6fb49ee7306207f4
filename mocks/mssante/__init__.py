"""A mock MSSanté operator: one store of mailboxes, several faces."""
