"""The first line of a report: what kind of run this was, and that it is no result of the ANS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.journal.services import external_services
from conformance.locale import _


@dataclass(frozen=True, slots=True)
class Banner:
    """The first line of a report: what this run was, in a word and a sentence, and its title."""

    word: str
    sentence: str
    title: str


def banner(stage: Mapping[str, Any]) -> Banner:
    """The first line for a stage as `run.started` keeps it: never a result of the ANS."""
    external = stage.get("external")
    named = external if isinstance(external, Mapping) else {}
    psc = str(named.get("psc_name") or _("external PSC"))
    mssante = str(named.get("mssante_name") or _("external MSSanté"))
    services = external_services(stage)
    if not services:
        said = _("this is not a result of the ANS. PSC and MSSanté are simulated.")
    elif services == {"psc"}:
        said = _(
            "this is not a result of the ANS. MSSanté is simulated; PSC is an external test "
            "platform ({psc}), what was exchanged with it was not seen."
        )
    elif services == {"mssante"}:
        said = _(
            "this is not a result of the ANS. PSC is simulated; MSSanté is an external test "
            "platform ({mssante}), what was exchanged with it was not seen."
        )
    else:
        said = _(
            "this is not a result of the ANS. PSC and MSSanté are external test platforms "
            "({psc}, {mssante}): what the screen showed was judged, what was exchanged was not "
            "seen."
        )
        told = said.format(psc=psc, mssante=mssante)
        return Banner(_("TEST PLATFORMS"), told, _("Report before test platforms"))
    told = said.format(psc=psc, mssante=mssante)
    return Banner(_("REHEARSAL"), told, _("Rehearsal report"))
