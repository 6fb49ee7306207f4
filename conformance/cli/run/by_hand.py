"""What a run that asks a person needs: a terminal or a pipe, and one worker."""

import sys
from collections.abc import Iterable

from conformance.catalogue import Scenario, catalogue_for
from conformance.drivers.person.typed import unreachable
from conformance.locale import _
from conformance.plan import Plan
from conformance.plan.packs import packs_of
from conformance.stage.person.external_psc import own_display
from conformance.stage.person.identities import service_name
from conformance.stage.services.psc import external_client_secret


def by_hand(plan: Plan, only: Iterable[str], packs: Iterable[str]) -> bool:
    """Whether a story that was asked for needs a person.

    On a face that they operate, or at an external PSC, where they sign in.
    """
    if plan.stage.psc == "external":
        return True
    operated = {face.name for face in plan.faces if face.driver == "operator"}
    asked, chosen = set(only), set(packs)
    stories = catalogue_for(plan.imported_catalogue).scenarios if operated else ()
    return any(
        story.face in operated and _asked(story, asked, chosen)
        for story in stories
        if story.reason is None
    )


def hindrance(jobs: int) -> str | None:
    """Why nobody can be asked during this run; None when somebody can."""
    if jobs > 1:
        said = _("--jobs {count}: an operator does one thing at a time, expected --jobs 1")
        return said.format(count=jobs)
    return unreachable(sys.stdin)


def not_external(plan: Plan, lifetimes: str | None) -> str | None:
    """What was asked for that an external PSC cannot give; None when nothing was.

    Raises `NotReady` when the secret of the client there is not where `banc.toml` says, and when
    nobody would see the browser in which they are to sign in.
    """
    if plan.stage.psc == "mock":
        return None
    external_client_secret(plan)
    if any(face.driver == "browser" for face in plan.faces):
        own_display()
    if lifetimes == "short":
        said = _(
            "--lifetimes {value}: the lifetimes of an external service cannot be shortened "
            "({service})"
        )
        return said.format(value=lifetimes, service=service_name(plan, "psc"))
    return None


def _asked(story: Scenario, only: set[str], packs: set[str]) -> bool:
    several = story.means if len(story.means) > 1 else ()
    if only:
        return bool(only & {story.id, *(f"{story.id}@{means}" for means in several)})
    held = {pack for means in story.means or (None,) for pack in packs_of(story.id, means)}
    return not packs or bool(packs & held)
