"""How a person is asked: in words, at a terminal."""
