"""Between two stories, whatever the last one left on the page."""

from common.identities import DOCTOR
from conformance.drivers.browser.driver import BrowserDriver, BrowserOptions
from conformance.plan import load_plan
from mocks.psc.settings import OFFICIAL
from tests.worlds.product import LpsWorld

ECPS = {"means": "ecps", "national_id": DOCTOR.national_id}


def test_a_story_left_at_the_waiting_wallet_does_not_hold_the_next(lps: LpsWorld) -> None:
    plan = load_plan()
    options = BrowserOptions(lps.mocks.heard, ca_file=lps.mocks.ca_file)
    driver = BrowserDriver(f"{lps.settings.base_url}/", plan.actions, plan.see, options)

    async def leave() -> None:
        lps.tenant.reset(lifetimes=OFFICIAL)

    outcomes = []
    for _story in range(5):
        outcomes += [driver.act("go_to_login", {}, 20), driver.act("start_psc_login", ECPS, 20)]
        lps.mocks.call(leave())
        driver.reset()
    driver.close()

    assert {outcome.name for outcome in outcomes} == {"done"}
