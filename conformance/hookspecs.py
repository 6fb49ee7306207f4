"""The hooks that the plug-in offers to whoever follows a run (the terminal, later a console)."""

from pathlib import Path

import pytest

from conformance.run.finish import Finished


@pytest.hookspec
def pytest_banc_folder(folder: Path) -> None:
    """The folder in which the run is being written, once it exists."""


@pytest.hookspec
def pytest_banc_finished(finished: Finished) -> None:
    """The bundle is judged and sealed."""


@pytest.hookspec
def pytest_banc_unfinished(folder: Path, error: BaseException) -> None:
    """A full disk, a bad key or a hurry left the bundle unfinished; `banc finish` can, later."""
