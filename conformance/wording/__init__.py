"""The words for verdicts, reasons, labels and films, below everything that speaks."""
