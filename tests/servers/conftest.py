"""The reference product between mock Pro Santé Connect and mock MSSanté, on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from tests.worlds.product import LpsMocks, LpsWorld, MakeWorld, make_world, started


@pytest.fixture(scope="session")
def lps_mocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LpsMocks]:
    with started(tmp_path_factory.mktemp("lps-mocks")) as mocks:
        yield mocks


@pytest.fixture
def make_lps(lps_mocks: LpsMocks) -> Iterator[MakeWorld]:
    """Makes a product: `parts` replaces its parts, other names are settings."""
    with ExitStack() as opened:
        yield partial(make_world, lps_mocks, opened)


@pytest.fixture
def lps(make_lps: MakeWorld) -> LpsWorld:
    """The conformant product."""
    return make_lps()
