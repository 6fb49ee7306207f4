"""The person in front of the bench, asked for what the bench cannot do at an external PSC.

They sign in and answer on the e-CPS of a test identity; what they say is `declared`.
"""

import os
import sys
from collections.abc import Mapping
from typing import Any

from common.identities import Professional
from conformance.drivers.actions import Outcome, Seen, Stopped
from conformance.drivers.person.asking import DONE, NO, YES, Asked, Choice, Person
from conformance.errors import BeyondReach, NotReady
from conformance.locale import _
from conformance.plan import Plan
from conformance.stage.person.identities import Identities, service_name

AWAY, DIFFERS = "unavailable", "differs"


class SignInGuide:
    """What drivers have the person do (`conformance.drivers.person.sign_in.Guide`)."""

    def __init__(self, plan: Plan, identities: Identities, person: Person) -> None:
        self._service = service_name(plan, "psc")
        self._identities = identities
        self._person = person

    def sign_in(self, arguments: Mapping[str, Any]) -> None:
        """Tell them to sign in, in the browser of the run."""
        said = _(
            "In the browser of the run, sign in at {service} as {who}, with {means}. The bench "
            "goes on by itself once the page of the product is back."
        )
        self._person.tell(self._filled(said, arguments))

    def visit(self, url: str, arguments: Mapping[str, Any]) -> None:
        """Have them open an address in a browser of theirs. Raises `NotReady`."""
        said = _("Open this address in a browser of yours, always the same:") + f"\n{url}"
        self._asked(said, Choice(DONE, _("it is open")), about="psc.visit")

    def returned(self, arguments: Mapping[str, Any]) -> bool:
        """Have them sign in there; whether the page of the product came back.

        Raises `NotReady` when the platform does not answer them.
        """
        said = _(
            "In that browser, sign in at {service} as {who}, with {means}. Is the page of the "
            "product back?"
        )
        choices = (Choice(YES, _("yes")), Choice(NO, _("no")))
        return self._asked(self._filled(said, arguments), *choices, about="psc.returned") == YES

    def _asked(self, todo: str, *choices: Choice, about: str) -> str:
        return answer_of(self._person, self._service, todo, *choices, about=about)

    def _filled(self, said: str, arguments: Mapping[str, Any]) -> str:
        who = self._identities.name_of(str(arguments.get("national_id", "")))
        card = arguments.get("means") == "cps"
        means = _("the CPS card") if card else _("the e-CPS")
        return said.format(service=self._service, who=who, means=means)


class ManualPsc:
    """`psc` of a story where PSC is external: each gesture is asked of the person.

    `thick`: the product is no web application, so that the e-CPS is what shows a request.
    """

    def __init__(self, plan: Plan, identities: Identities, person: Person, *, thick: bool) -> None:
        self._service = service_name(plan, "psc")
        self._identities = identities
        self._person = person
        self._thick = thick

    def phone(self, person: Professional) -> "ManualPhone":
        """The e-CPS of the test identity of `person`."""
        who = self._identities.person(person)["national_id"]
        return ManualPhone(self._identities.name_of(who), self._service, self._person)

    def asked(self) -> None:
        """Have the person say that PSC asks for an authentication.

        Raises `Stopped` when it does not, `NotReady` when the platform does not answer.
        """
        if self._thick:
            todo = _("Has a request to sign in reached the e-CPS?")
        else:
            todo = _("Is the sign-in page of {service} shown, and does it ask to authenticate?")
        choices = (Choice(YES, _("yes")), Choice(NO, _("no")))
        todo = todo.format(service=self._service)
        if answer_of(self._person, self._service, todo, *choices, about="psc.asked") == NO:
            raise Stopped("psc.asked", Outcome("unclear", reason=_nothing_asked(self._service)))

    def polled(self, times: int) -> None:
        """Raises `BeyondReach`: polls are seen by a mock only."""
        raise BeyondReach(_("polls are seen by the mock only"))

    def slowed_down(self) -> None:
        """Raises `BeyondReach`: only a mock slows down when it is asked to."""
        raise BeyondReach(_("polls are seen by the mock only"))

    def close(self) -> None:
        """The story is over; nothing of it waits."""


class ManualPhone:
    """The e-CPS of a test identity, in the hands of the person."""

    def __init__(self, who: str, service: str, person: Person) -> None:
        self._who = who
        self._service = service
        self._person = person

    def approve(self, matching: Seen | None = None) -> None:
        """Have them compare the numbers and approve. Raises as `ManualPsc.asked`."""
        todo = _("On the e-CPS of {who}, a request to sign in shows a number.")
        shown = matching.text.strip() if matching is not None and matching.present else ""
        if shown:
            todo += " " + _("The product shows {shown}. If both are the same, approve it.")
        else:
            todo += " " + _("If the product shows the same one, approve it.")
        self._answer(
            todo.format(who=self._who, shown=shown),
            Choice(DONE, _("approved on the e-CPS")),
            Choice(DIFFERS, _("the numbers differ, refused")),
            about="psc.approve",
        )

    def will_approve(self) -> None:
        """Nothing yet: the person is asked when the product waits for the login."""

    def refuse(self) -> None:
        """Have them refuse. Raises as `ManualPsc.asked`."""
        todo = _("On the e-CPS of {who}, refuse the request to sign in.").format(who=self._who)
        self._answer(todo, Choice(DONE, _("refused on the e-CPS")), about="psc.refuse")

    def _answer(self, todo: str, *choices: Choice, about: str) -> None:
        choices = (*choices, Choice(NO, _("no request came")))
        if answer_of(self._person, self._service, todo, *choices, about=about) == NO:
            raise Stopped(about, Outcome("unclear", reason=_nothing_asked(self._service)))


def own_display() -> str | None:
    """The X display of the person; None where windows need no name.

    Raises `NotReady` when there is none: the browser of the run would be seen by nobody.
    """
    if sys.platform in ("win32", "darwin"):
        return None
    name = os.environ.get("DISPLAY")
    if not name:
        said = _(
            "a person must see the browser of the run to sign in at the external PSC, and there "
            "is no display here (DISPLAY is not set)"
        )
        raise NotReady(said)
    return name


def answer_of(person: Person, service: str, todo: str, *choices: Choice, about: str) -> str:
    """The word of their choice. Raises `NotReady` when they say that the platform is away."""
    away = Choice(AWAY, _("the platform does not answer"))
    asked = Asked(todo, (*choices, away), enter=choices[0].word == DONE, about=about)
    word = person.ask(asked).word
    if word == AWAY:
        said = _("{service} does not answer, says the person who signs in there")
        raise NotReady(said.format(service=service))
    return word


def _nothing_asked(service: str) -> str:
    said = _("{service} asked for no authentication, says the person who signs in there")
    return said.format(service=service)
