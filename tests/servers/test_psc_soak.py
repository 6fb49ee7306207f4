"""A long evening: thousands of logins leave the mock PSC as quick to forget as after the first."""

import gc
from typing import Any

import psutil
import pytest

ROUNDS, LOGINS = 5, 300
GROWTH = 20 * 2**20


@pytest.mark.long
def test_thousands_of_logins_leave_nothing_behind_after_a_reset(psc_world: Any) -> None:
    resident = []

    for _ in range(ROUNDS):
        for _ in range(LOGINS):
            assert "id_token" in psc_world.tokens()
            psc_world.browser.cookies.clear()
        psc_world.tenant.reset()
        psc_world.journal.forget()
        gc.collect()
        resident.append(psutil.Process().memory_info().rss)

    assert len(psc_world.exchanges("token")) == ROUNDS * LOGINS
    assert resident[-1] - resident[1] < GROWTH
