"""How the bench's people are called on this stage: by `[identities]` at an external service."""

from collections.abc import Mapping
from typing import Any

from common.identities import PROFESSIONALS, Patient, Professional
from conformance.errors import NotReady
from conformance.journal.services import MSSANTE, PSC
from conformance.locale import _
from conformance.plan import Plan


class Identities:
    """The test identities of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._named = {str(key): identity for key, identity in plan.identities.items()}
        self._at_psc = self._named if plan.stage.psc == "external" else {}

    def person(self, professional: Professional) -> dict[str, str]:
        """Key, national identifier, given and family name of a professional on this stage."""
        own = {
            "key": professional.key,
            "national_id": professional.national_id,
            "given": professional.given,
            "family": professional.family,
        }
        named = self._at_psc.get(professional.key)
        if named is None:
            return own
        if named.name:
            own["given"], _space, own["family"] = named.name.partition(" ")
        return own | ({"national_id": named.national_id} if named.national_id else {})

    def people(self) -> list[dict[str, str]]:
        """Every professional, as `person` gives them."""
        return [self.person(professional) for professional in PROFESSIONALS]

    def translate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of an action, with the national identifier used on this stage."""
        ids = {p.national_id: self.person(p)["national_id"] for p in PROFESSIONALS}
        who = arguments.get("national_id")
        return {**arguments, "national_id": ids.get(who, who)} if who else dict(arguments)

    def name_of(self, national_id: str) -> str:
        """Name and identifier of whoever signs in under it."""
        for person in self.people():
            if person["national_id"] == national_id:
                return f"{person['given']} {person['family']} ({national_id})".strip()
        return national_id

    def mailboxes(self) -> dict[str, str]:
        """The mailboxes that `[identities]` names, with their owners' national identifiers."""
        found = {}
        for professional in PROFESSIONALS:
            named = self._named.get(professional.key)
            if named is not None and named.mailbox:
                found[named.mailbox] = self.person(professional)["national_id"]
        return found

    def mailbox(self, person: Professional | Patient) -> str:
        """The test mailbox of a person. Raises `NotReady` naming the key that lacks it."""
        named = self._named.get(person.key)
        if named is None or named.mailbox is None:
            said = _("{path}: {key} is missing, expected a test mailbox of {service}")
            about = {"path": self._plan.name, "service": service_name(self._plan, MSSANTE)}
            raise NotReady(said.format(key=f"identities.{person.key}.mailbox", **about))
        return str(named.mailbox)


def service_name(plan: Plan, service: str) -> str:
    """What an external platform is called, for people."""
    external = plan.stage.external
    if service == PSC:
        return external.psc_name or _("external PSC")
    return external.mssante_name or _("external MSSanté")
