"""What `[stage.external]` and `[identities]` must say before external services can be used."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from conformance.locale import _
from conformance.plan.model import Face, Plan

Problem = tuple[tuple[str | int, ...], str]

TEST_IDENTITY = re.compile(r"8997\d{8}|ANS\d{14}")
"""A professional of the RPPS test block with the type digit, or an identity made by EDIT."""

_PLACE = re.compile(r"\{([a-z_]+)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEEDED = {
    "psc_issuer": ("psc", "psc_discovery"),
    "psc_discovery": ("psc", "psc_discovery"),
    "client_id": ("psc", "client_id"),
    "client_secret": ("psc", "client_secret_env"),
    "smtp": ("mssante", "smtp"),
    "smtp_host": ("mssante", "smtp"),
    "smtp_port": ("mssante", "smtp"),
    "domain": ("mssante", "domain"),
    "patient_domain": ("mssante", "patient_domain"),
}
"""What `{…}` of a start command is made from: the service, and the key of `[stage.external]`."""


def problems_of_external(plan: Plan) -> Iterator[Problem]:
    """One sentence for each key that is missing, useless or wrong."""
    if not plan.stage.external_services:
        if plan.stage.external.model_fields_set:
            said = _(
                "stage.external is for an external service, expected psc or mssante = "
                "'external' in [stage]"
            )
            yield ("stage", "external"), said
        return
    yield from _values(plan)
    seen: set[str] = set()
    for n, face in enumerate(plan.faces):
        for key, place in _missing(plan, n, face):
            if key not in seen:
                seen.add(key)
                said = _("{key} is missing: {where} needs it for {place}")
                about = {"where": f"face.{n}", "place": f"{{{place}}}"}
                yield ("stage", "external"), said.format(key=f"stage.external.{key}", **about)
    yield from _identities(plan)


def _values(plan: Plan) -> Iterator[Problem]:
    external = plan.stage.external
    if external.psc_discovery is not None:
        scheme, host = urlsplit(external.psc_discovery)[:2]
        if scheme not in ("http", "https") or not host:
            yield _expected("psc_discovery", external.psc_discovery, "https://…")
    if external.smtp is not None:
        host, _colon, port = external.smtp.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            yield _expected("smtp", external.smtp, "smtp.example:587")
    if external.client_secret_env and not _VARIABLE.fullmatch(external.client_secret_env):
        # The value is not shown: it may well be the secret itself.
        said = _(
            "stage.external.client_secret_env is no name of an environment variable, expected "
            "such as PSC_CLIENT_SECRET: the secret itself is written in no file"
        )
        yield ("stage", "external", "client_secret_env"), said
    if external.ca_file and plan.folder and not (plan.folder / external.ca_file).is_file():
        said = _("{key} {value}: no such file, expected authorities in PEM")
        about = {"key": "stage.external.ca_file", "value": repr(external.ca_file)}
        yield ("stage", "external", "ca_file"), said.format(**about)


def _missing(plan: Plan, n: int, face: Face) -> Iterator[tuple[str, str]]:
    """The keys of `[stage.external]` that a face needs and does not find, with what needs them."""
    if face.start is None:
        return  # a product that runs already knows its services
    external, services = plan.stage.external, plan.stage.external_services
    texts = [*face.start, *face.env.values(), *(face.stop or ())]
    for place in dict.fromkeys(p for text in texts for p in _PLACE.findall(text)):
        if place == "ca_file" and services == {"psc", "mssante"} and external.ca_file is None:
            yield "ca_file", place
        service, key = _NEEDED.get(place, ("", ""))
        given = place == "client_id" and face.client_id
        if service in services and getattr(external, key) is None and not given:
            yield key, place


def _identities(plan: Plan) -> Iterator[Problem]:
    """The test identity at an external PSC; a real one must never come into a bundle."""
    for who, identity in plan.identities.items():
        if identity.national_id and not TEST_IDENTITY.fullmatch(identity.national_id):
            said = _(
                "{key}: expected a test identity (12 digits that begin with 8997, or ANS and 14 "
                "digits)"
            )
            place = ("identities", who, "national_id")
            yield place, said.format(key=".".join(place))
    if "psc" in plan.stage.external_services:
        doctor = plan.identities.get("doctor")
        for key in ("national_id", "name"):
            if doctor is None or getattr(doctor, key) is None:
                said = _("{key} is missing: the test identity who signs in at the external PSC")
                yield ("identities",), said.format(key=f"identities.doctor.{key}")


def _expected(key: str, value: str, example: str) -> Problem:
    said = _("{key} {value}: expected such as {example}")
    name = f"stage.external.{key}"
    return ("stage", "external", key), said.format(key=name, value=repr(value), example=example)
