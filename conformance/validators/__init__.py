"""Outside tools run on blobs before judging; they leave events."""
