"""Rules on what is sent over MSSanté: submission, message, attachments."""
