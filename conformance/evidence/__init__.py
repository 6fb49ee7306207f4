"""Films, chapters and the proof package."""
