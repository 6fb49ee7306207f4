"""The form of a film, in pixels: its size, and the band below the screen."""

FILM_SIZE = (1920, 1080)


BAND_HEIGHT = 48
