"""The terminal: tables whose reader may leave, and whether somebody can be asked."""

import sys

import rich.console

from conformance.cli.main import ReaderLeft


class Console(rich.console.Console):
    """As rich's, which would end the process with 1."""

    def on_broken_pipe(self) -> None:
        """Raise `ReaderLeft`."""
        raise ReaderLeft


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()
