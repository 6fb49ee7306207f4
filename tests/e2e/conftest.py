"""The command line as a shell sees it: in this process, so that a hundred calls stay cheap."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import locale
from conformance.cli.main import main
from tests.worlds.command import Banc, Told


@pytest.fixture(scope="session")
def quick() -> dict[str, str]:
    """The environment of a `banc` in a process of its own."""
    return dict(os.environ)


@pytest.fixture
def banc(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Banc]:
    """`banc(*arguments)`, with a folder of keys of its own."""
    monkeypatch.setenv("BANC_CONFIG", str(tmp_path / "keys"))
    monkeypatch.delenv("BANC_TRACEBACK", raising=False)

    def call(*arguments: object) -> Told:
        monkeypatch.setattr("sys.argv", ["banc", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert isinstance(ended.value.code, int)
        return Told(ended.value.code, said.out, said.err)

    yield call
    locale.set_language(locale.DEFAULT_LANGUAGE)
