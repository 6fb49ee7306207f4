"""Film files: ffmpeg, chapters, the checks of a finished film, which films are kept."""
