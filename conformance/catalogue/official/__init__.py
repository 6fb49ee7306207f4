"""The vendor's own catalogue: the official workbook read, kept on their disk, merged with ours."""
