"""Where the page « Visite » stops for a requirement, and what it gives to copy."""

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.catalogue import catalogue_for
from conformance.checks.all_rules import all_rules
from conformance.reporting.views import Because
from conformance.reporting.visit.known import Seen
from conformance.reporting.visit.showing import stop_of
from conformance.reporting.visit.stops import _command

WEB, CIBA = "PSC.01.01@ecps", "PSC.01.03@ecps"


def seen(rule: str, told: list[str], modes: tuple[str, ...] = (), **more: Any) -> Seen:
    """A report on the scenarios `told`, in which one ordinary rule found nothing of its kind."""
    all_rules()
    finding: Any = SimpleNamespace(reason=more.pop("reason", "nothing-seen"))
    view: Any = SimpleNamespace(anchor="f-1", rule=rule, scenario="", verdict="not_tested")
    scenarios: list[Any] = [SimpleNamespace(name=name) for name in told]
    about: dict[str, Any] = {"bundle": "20270131-120000", "reference": False} | more
    return Seen(
        requirements=[],
        findings=[(finding, view)],
        scenarios=scenarios,
        proofs=[],
        catalogue=catalogue_for(),
        opinions={},
        lang="en",
        modes=frozenset(modes),
        **about,
    )


def requirement(name: str) -> Any:
    return SimpleNamespace(id=name, because=(Because("nothing of the kind", "f-1"),))


def test_silent_rules_of_another_way_to_sign_in_name_its_scenario() -> None:
    report = seen("psc.ciba.channel", [WEB], ("web", "ciba"))

    assert stop_of(requirement("PSC.01"), report) == "PSC.01.03"
    assert stop_of(requirement("banc:PSCH-CIBA-BM"), report) == "PSC.01.03"


@pytest.mark.parametrize(
    ("told", "modes", "reason"),
    [
        ([WEB, CIBA], ("web", "ciba"), "nothing-seen"),  # both ways had their chance
        ([WEB], ("web",), "nothing-seen"),  # the product has no other way
        ([WEB], ("web", "ciba"), "stopped"),  # the story that was told was cut before it
    ],
)
def test_otherwise_it_stays_where_it_was_told(
    told: list[str], modes: tuple[str, ...], reason: str
) -> None:
    report = seen("psc.ciba.channel", told, modes, reason=reason)

    assert stop_of(requirement("PSC.01"), report) == WEB


def test_rules_of_a_misbehaviour_do_not_send_elsewhere() -> None:
    report = seen("psc.refuses.ciba-expired", [WEB], ("web", "ciba"))

    assert stop_of(requirement("PSC.01"), report) == WEB


def test_the_command_names_bundle_and_scenario() -> None:
    assert _command(WEB, seen("psc.ciba.channel", [WEB])) == (
        "banc run --like 20270131-120000 --only PSC.01.01@ecps --config banc.toml"
    )


@pytest.mark.parametrize("name", ["x; rm -rf ~", "$(id)", "x&calc", "-x", "a\nb", "`id`", "x|y"])
def test_nothing_that_a_shell_would_run_is_given_to_copy(name: str) -> None:
    hostile = seen("psc.ciba.channel", [WEB], bundle=name)

    assert name not in _command(WEB, hostile)
    assert _command(WEB, hostile).startswith("banc run --like ")
    assert _command(name, hostile) == ""
