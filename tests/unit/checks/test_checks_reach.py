"""A service played by somebody else: which rules can still be asked, and what they say then."""

import pytest

from common.identities import COLLEAGUE, DOCTOR
from conformance.checks.all_rules import all_rules
from conformance.checks.registry import RULES, Rule, Said
from conformance.journal.services import SERVICES, external_services, service_of_fault
from conformance.judging.visibility import out_of_reach, services_of
from tests.unit.checks import checks_examples_mss, checks_examples_psc
from tests.unit.checks.checks_examples_psc import BUTTON, LEGAL
from tests.unit.checks.checks_story import Story

ACCEPTED = {**checks_examples_psc.ACCEPTED, **checks_examples_mss.ACCEPTED}
SOURCES = {"psc": "psc", "smtp": "mssante", "imap": "mssante", "directory": "mssante"}
STAGES = (("psc",), ("mssante",), SERVICES)
OUTSIDE = {"psc": "external", "mssante": "external"}


def rule(name: str) -> Rule:
    return all_rules()[name]


def ask(name: str, story: Story) -> list[Said]:
    return list(rule(name).check(story.events(rule(name))))


def outside() -> Story:
    story = Story()
    story.tenant(stage=OUTSIDE)
    return story


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("psc.request.scope", {"psc"}),
        ("mss.smtp.tls-version", {"mssante"}),
        ("mss.smtp.xoauth2-token", {"psc", "mssante"}),
        ("psc.refuses.id-token-alg-none", {"psc"}),
        ("psc.terms.shown", set()),
        ("psc.identity.shown", {"psc"}),
        ("lifecycle.initial-recipients-told", {"mssante"}),
    ],
)
def test_what_a_rule_reads_says_whose_wire_it_needs(name: str, services: set[str]) -> None:
    assert services_of(rule(name)) == services


def test_only_what_the_screen_shows_is_asked_where_nobody_is_played() -> None:
    all_rules()

    asked = {name for name, found in RULES.items() if not out_of_reach(found, SERVICES)}
    with_a_screen = {name for name, found in RULES.items() if "ui.seen" in found.reads}
    without_a_wire = {name for name, found in RULES.items() if not services_of(found)}

    assert asked == with_a_screen | without_a_wire
    assert {"psc.terms.shown", "psc.identity.shown", "lifecycle.offer-shown"} <= asked
    assert not {"psc.request.scope", "document.new-id", "psc.logout.again-asks"} & asked


def test_a_stage_that_plays_everything_leaves_every_rule_asked() -> None:
    stage = {"psc": "mock", "mssante": "mock", "external": None}

    assert external_services(stage) == frozenset()
    assert not [name for name, found in all_rules().items() if out_of_reach(found, ())]


def test_a_fault_belongs_to_the_service_that_misbehaves() -> None:
    assert service_of_fault("smtp.server-down") == "mssante"
    assert service_of_fault("id-token.alg-none") == "psc"


@pytest.mark.parametrize("away", STAGES, ids=" ".join)
@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_a_rule_without_its_wire_never_speaks_against_the_product(
    name: str, away: tuple[str, ...]
) -> None:
    if out_of_reach(rule(name), away):
        return
    for tell in ACCEPTED[name]:
        told = Story()
        tell(told)
        story = Story()
        story.tenant(stage=dict.fromkeys(away, "external"))
        story.items += [event for event in told.items if SOURCES.get(event.source) not in away]
        story.blobs = told.blobs

        said = ask(name, story)

        assert {str(one.answer) for one in said} <= {"held"}


def test_outside_the_identity_shown_is_that_of_the_person_who_was_asked_to_sign_in() -> None:
    right, wrong, nobody = outside(), outside(), outside()
    for story in (right, wrong):
        story.act("finish_psc_login", national_id=DOCTOR.national_id, means="ecps")
    right.see("identity", f"Connecté : {DOCTOR.name}")
    wrong.see("identity", f"Connecté : {COLLEAGUE.name}")
    nobody.see("identity", f"Connecté : {DOCTOR.name}")

    said = [ask("psc.identity.shown", story) for story in (right, wrong, nobody)]

    assert [[str(one.answer) for one in answers] for answers in said] == [["held"], ["broken"], []]
    assert said[1][0].params == {"defect": "other-person"}


def test_outside_the_terms_come_before_the_login_that_the_person_starts() -> None:
    early, late = outside(), outside()
    early.see("terms.psc", LEGAL)
    for story in (early, late):
        story.act("start_psc_login", national_id=DOCTOR.national_id, means="ecps")
    late.see("terms.psc", LEGAL)

    said = [ask("psc.terms.before-login", story)[0] for story in (early, late)]

    assert [str(one.answer) for one in said] == ["held", "broken"]


def test_outside_the_words_on_the_button_are_judged_as_ever() -> None:
    good, bad = outside(), outside()
    good.see("psc.button", BUTTON)
    bad.see("psc.button", "Connexion PSC")

    said = [ask("psc.button.wording", story)[0] for story in (good, bad)]

    assert [str(one.answer) for one in said] == ["held", "broken"]


@pytest.mark.parametrize(("offered", "answer"), [(True, "held"), (False, "broken")])
def test_outside_an_offer_is_owed_for_a_document_that_the_product_says_it_sent(
    offered: bool, answer: str
) -> None:
    story = outside()
    story.act("send_document", document_id="d1")
    story.act("replace_document", values={"document_id": "d2"}, document_id="d1")
    story.see("notify-offer", present=offered)

    [said] = ask("lifecycle.offer-shown", story)

    assert str(said.answer) == answer
