"""What stood on the product's screen: terms, button, digits, identity [FAQ-B film]."""

import re
from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.actions import ACT_READS, acts
from conformance.checks.observed.exchanges import (
    answer,
    is_external,
    parameters,
    tenant_of,
    text,
)
from conformance.checks.observed.logins import LOGIN_READS, issued_tokens
from conformance.checks.observed.polls import ciba_logins
from conformance.checks.registry import Said, broken, held, held_if, rule, unclear
from conformance.documents.pdf import normalise
from conformance.journal.events import Event
from conformance.journal.notes import OPERATOR_ORDER

_FAQ = "[FAQ-B film] ANS FAQ: the steps of the film"
_WORDING = "s'identifier avec pro sante connect"
_NAME = "pro sante connect"


def _looks(events: Events, what: str) -> list[Event]:
    """The observations of `what` for which the set-up says how to look."""
    return [e for e in events.of("ui.seen") if e.data["what"] == what and e.data["ready"]]


@rule(
    "psc.terms.shown",
    requires=["banc:PSCH-CGU", "PSC/va1.01", "PSC.01"],
    reads=("ui.seen",),
    basis="ans",
    trust="official",
    source=_FAQ,
)
def terms_shown(events: Events) -> Iterator[Said]:
    """The terms of use show a paragraph that names Pro Santé Connect."""
    for number, seen in enumerate(_looks(events, "terms.psc"), 1):
        subject = f"terms {number}"
        if not seen.data["present"]:
            yield broken(subject, [seen], defect="absent")
        else:
            yield held_if(_NAME in normalise(seen.data["text"]), subject, [seen])


@rule(
    "psc.terms.before-login",
    requires=["banc:PSCH-CGU", "PSC/va1.01", "PSC.01"],
    reads=(
        "ui.seen",
        "tenant.opened",
        "bench.note",
        *ACT_READS,
        "http.exchange:authorize",
        "http.exchange:ciba",
    ),
    basis="ans",
    trust="official",
    source=_FAQ,
    no_mutant="the story itself looks at the terms first; a product without them has its mutant",
)
def terms_before_login(events: Events) -> Iterator[Said]:
    """The PSC paragraph can be read before the first login starts.

    A login that began while the person at the product was asked something else may be their slip or
    the product's own doing: they must say.
    """
    looks = [seen for seen in _looks(events, "terms.psc") if seen.data["present"]]
    if is_external(events, "psc"):
        begun = [(act.started.mono, act.started) for act in acts(events, "start_psc_login")]
    else:
        requests = events.exchanges("authorize", "ciba")
        begun = [(request.data["began"], request) for request in requests]
    if looks and begun:
        began, login = begun[0]
        if looks[0].mono < began:
            yield held("login 1", [looks[0], login])
        elif login.ref in _out_of_order(events):
            yield unclear("login 1", [looks[0], login])
        else:
            yield broken("login 1", [looks[0], login])


def _out_of_order(events: Events) -> set[str]:
    """The events of which the bench told the person that it was not there yet."""
    notes = (e.data for e in events.of("bench.note") if e.data["what"] == OPERATOR_ORDER)
    return {str(note["values"].get("event")) for note in notes}


@rule(
    "psc.button.wording",
    requires=["banc:PSCH-BTN"],
    reads=("ui.seen",),
    basis="ans",
    trust="secondary",
    source="[PSC-BUTTON wording] Published by an integrator; the charter was not read",
)
def button_wording(events: Events) -> Iterator[Said]:
    """The button reads « S'identifier avec Pro Santé Connect »."""
    desktop = events.scenario.mode == "desktop"
    for number, seen in enumerate(_looks(events, "psc.button"), 1):
        subject = f"button {number}"
        shown = normalise(seen.data["text"])
        if not seen.data["present"]:
            yield broken(subject, [seen], defect="absent")
        elif _WORDING in shown:
            yield held(subject, [seen])
        elif desktop and _NAME in shown:
            # No text says how the button of a thick client reads [PSC-BUTTON].
            yield unclear(subject, [seen], shown=seen.data["text"].strip())
        else:
            yield broken(subject, [seen], shown=seen.data["text"].strip())


@rule(
    "psc.identity.shown",
    requires=["banc:PSCH-IDENTITY", "PSC/va1.01", "PSC.01"],
    reads=("ui.seen", "tenant.opened", *ACT_READS, *LOGIN_READS),
    basis="ans",
    trust="official",
    source=_FAQ,
)
def identity_shown(events: Events) -> Iterator[Said]:
    """The connected zone shows who signed in, by name or national identifier.

    Who it was is in the tokens; with an external PSC, in what the person who signs in was asked.
    """
    people = tenant_of(events).get("people", [])
    signed_in = _signed_in(events)
    for number, seen in enumerate(_looks(events, "identity"), 1):
        before = [who for when, who in signed_in if when < seen.mono]
        if not before:
            continue
        subject = f"identity {number}"
        if not seen.data["present"]:
            yield broken(subject, [seen], defect="absent")
            continue
        shown = [person["national_id"] for person in people if _names(seen, person)]
        if before[-1] in shown:
            yield held(subject, [seen])
        elif shown:
            yield broken(subject, [seen], defect="other-person")
        else:
            yield unclear(subject, [seen])


def _signed_in(events: Events) -> list[tuple[int, str]]:
    """When somebody had signed in (`mono`), and their national identifier, in order."""
    if is_external(events, "psc"):
        return [
            (act.finished.mono, str(act.arguments.get("national_id", "")))
            for act in acts(events, "finish_psc_login")
            if act.done and act.finished is not None
        ]
    return [(given.exchange.mono, given.national_id) for given in issued_tokens(events)]


def _names(seen: Event, person: dict[str, str]) -> bool:
    """Whether what was seen names that person: identifier, RPPS, or given and family name."""
    values = " ".join(str(value) for value in seen.data["values"].values())
    shown = normalise(f"{seen.data['text']} {values}")
    if person["national_id"] in shown or person["national_id"][1:] in shown:
        return True
    return normalise(person["family"]) in shown and normalise(person["given"]) in shown


@rule(
    "psc.practice.choice-offered",
    requires=["banc:PSCH-REFPRO"],
    reads=("ui.seen", "http.exchange:userinfo"),
    basis="ans",
    trust="secondary",
    source="[PSC-DNUM practices] Documentation of a user of PSC: the person chooses",
)
def practice_choice(events: Events) -> Iterator[Said]:
    """A person with several practices can choose among them."""
    for number, seen in enumerate(_looks(events, "practice-choice"), 1):
        reads = [e for e in events.exchanges("userinfo") if e.mono < seen.mono and answer(e)]
        if not reads:
            continue
        practices = _practices(reads[-1])
        if practices > 1:
            subject = f"choice {number}"
            yield held_if(seen.data["present"], subject, [seen], practices=practices)


def _practices(userinfo: Event) -> int:
    reference = answer(userinfo).get("SubjectRefPro") or {}
    return sum(len(e.get("activities") or []) for e in reference.get("exercices") or [])


@rule(
    "psc.ciba.digits-shown",
    requires=["banc:PSCH-CIBA-BM"],
    reads=("ui.seen", *LOGIN_READS),
    basis="ans",
    trust="secondary",
    source="[PSC-EDC binding message] ANS sample of a proxy e-Santé and its OpenAPI",
)
def digits_shown(events: Events) -> Iterator[Said]:
    """While it waits for the person, the screen shows the digits that were sent to the phone."""
    requests = ciba_logins(events)
    for seen in _looks(events, "ciba.digits"):
        before = [login for login in requests if login.request.data["began"] < seen.mono]
        if not before:
            continue
        login = before[-1]
        sent = text(parameters(login.request).get("binding_message"))
        if not seen.data["present"]:
            yield broken(login.name, [login.request, seen], defect="absent")
        else:
            shown = re.findall(r"[0-9]+", seen.data["text"])
            yield held_if(sent and sent in shown, login.name, [seen])
