"""A mock Pro Santé Connect for servers and clients, and how the benches of the tests start."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from conformance import locale
from tests.worlds.psc import PscWorld

hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences in English, whatever the default; for tests that read them."""
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.fixture(scope="session")
def psc_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def psc_world(tmp_path: Path, psc_keys: Path) -> Iterator[PscWorld]:
    world = PscWorld(tmp_path / "run", psc_keys)
    yield world
    world.close()


def pytest_configure(config: pytest.Config) -> None:
    """Let some hundred benches in processes of their own start as a user's would.

    Their modules are compiled once, and pytest reads no plug-in that only these tests need.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun by `… &` in a script
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a bench must hear Ctrl-C
    if hasattr(config, "workerinput") or not config.getoption("numprocesses"):
        os.environ["PYTEST_ADDOPTS"] = "-p no:schemathesis -p no:hypothesispytest"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Octets and long texts go by the name of their argument: fresh keys and archives differ
    from worker to worker, and pytest-xdist wants the same ids in all of them."""
    return argname if isinstance(val, str | bytes) and len(val) > 60 else None
