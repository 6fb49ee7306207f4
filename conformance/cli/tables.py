"""The console on which tables are printed: a reader who leaves is told apart from a refusal."""

import rich.console

from conformance.cli.main import ReaderLeft


class Console(rich.console.Console):
    """As rich's, which would end the process with 1."""

    def on_broken_pipe(self) -> None:
        """Raise `ReaderLeft`."""
        raise ReaderLeft
