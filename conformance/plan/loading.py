"""Reads `banc.toml`; every error names the key, the value and what was expected."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from conformance.catalogue import catalogue_for
from conformance.drivers.browser.steps import problems_of_action, problems_of_see
from conformance.errors import CatalogueFault, PlanError
from conformance.locale import _, phrase
from conformance.locale.system import reason_of
from conformance.plan.external import problems_of_external
from conformance.plan.lines import key_lines
from conformance.plan.listening import problems as problems_of_listening
from conformance.plan.model import PLACES, Face, Plan
from conformance.plan.sentences import sentence

_PLACE = re.compile(r"\{([a-z_]*)\}")
_URLS = frozenset({"address", "psc_issuer", "psc_discovery"})


def load_plan(path: Path | None = None, today: date | None = None) -> Plan:
    """Read `path`, or the `banc.toml` of the built-in reference system. Raises `PlanError`."""
    if path is None:
        name, octets = "mocks/lps/banc.toml", _built_in()
    else:
        name = str(path)
        octets = _read(path)
    return parse_plan(octets, name, path, today or date.today())


def parse_plan(octets: bytes, name: str, source: Path | None, today: date) -> Plan:
    """The plan that these octets say; `name` is how errors call the file. Raises `PlanError`."""
    try:
        text = octets.decode("utf-8")
        raw = tomllib.loads(text)
    except UnicodeDecodeError as error:
        said = _("{path}: octet {place} is not UTF-8, expected TOML")
        raise PlanError([said.format(path=name, place=error.start)]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PlanError([phrase("{path}: not TOML: {reason}", path=name, reason=error)]) from error
    lines = _Lines(name, text)
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        told = [lines.said(*sentence(Plan, each)) for each in error.errors(include_url=False)]
        raise PlanError(list(dict.fromkeys(told))) from error
    plan = plan.model_copy(update={"source": source})
    problems = [lines.said(key, said) for key, said in _problems(plan, today)]
    if problems:
        raise PlanError(problems)
    return plan


class _Lines:
    """Puts file and line before what is wrong with a key."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = key_lines(text)

    def said(self, key: tuple[str | int, ...], said: str) -> str:
        """`file:line: key …`, with the line of the nearest key that is written."""
        written = key
        while written and written not in self._lines:
            written = written[:-1]
        place = f"{self._name}:{self._lines[written]}" if written else self._name
        return f"{place}: {said}"


def _built_in() -> bytes:
    try:
        return resources.files("mocks.lps").joinpath("banc.toml").read_bytes()
    except OSError as error:
        raise PlanError([_missing("mocks/lps/banc.toml", error)]) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlanError([_missing(str(path), error)]) from error


def _missing(name: str, error: OSError) -> str:
    return phrase("{path}: {reason}, expected a banc.toml", path=name, reason=reason_of(error))


Problem = tuple[tuple[str | int, ...], str]


def _problems(plan: Plan, today: date) -> Iterator[Problem]:
    """What is wrong beyond the shape of single values."""
    yield from problems_of_external(plan)
    for name, said in problems_of_listening(plan.stage, "stage.{}".format):
        yield ("stage", name), said
    yield from _profiles(plan)
    for n, face in enumerate(plan.faces):
        yield from _face(n, face)
    for name, table in plan.actions.items():
        for said in problems_of_action(name, table):
            yield ("actions", name), said
    for what in plan.see:
        for said in problems_of_see(what):
            yield ("see", what), said
    if (plan.actions or plan.see) and not any(f.driver == "browser" for f in plan.faces):
        said = _("actions and see are for a browser face, and no [[face]] has driver browser")
        yield ("actions",), said
    for n, entry in enumerate(plan.expected):
        if entry.until is not None and entry.until < today:
            said = _("{key} {date} has passed, expected a date to come, or the entry taken out")
            key = f"expected.{n}.until"
            yield ("expected", n, "until"), said.format(key=key, date=entry.until.isoformat())


def _profiles(plan: Plan) -> Iterator[Problem]:
    if plan.imported_catalogue is None and not plan.plan.profiles:
        return
    try:
        rows = catalogue_for(plan.imported_catalogue).requirements
    except CatalogueFault as fault:
        yield ("plan", "catalogue"), f"plan.catalogue {plan.plan.catalogue!r}: {fault}"
        return
    known = sorted({row.profile for row in rows if row.conditional})
    for profile in plan.plan.profiles:
        if profile not in known:
            near = get_close_matches(profile, known, 1)
            hint = phrase(" (did you mean {name}?)", name=repr(near[0])) if near else ""
            said = _("plan.profiles {value} is unknown{hint}, expected among {known}")
            about = {"value": repr(profile), "hint": hint, "known": ", ".join(known)}
            yield ("plan", "profiles"), said.format(**about)


def _face(n: int, face: Face) -> Iterator[Problem]:
    texts: Mapping[str, Any] = face.model_dump(exclude_none=True)
    for key, value in texts.items():
        for text in _strings(value):
            for place in _PLACE.findall(text):
                if place not in PLACES:
                    said = _("{key}: {value} is unknown, expected one of {known}")
                    about = {"value": f"{{{place}}}", "known": ", ".join(PLACES)}
                    yield ("face", n, key), said.format(key=f"face.{n}.{key}", **about)
            if "{port}" in text and key != "address" and "{port}" not in face.address:
                said = _(
                    "{key}: {{port}} has no value, since address {value} leaves no port to the "
                    "bench; expected http://localhost:{{port}} there, or the port itself here"
                )
                about = {"key": f"face.{n}.{key}", "value": repr(face.address)}
                yield ("face", n, key), said.format(**about)
    if not face.address and face.driver != "operator":
        key, what = f"face.{n}.address", "`address = …`"
        yield ("face", n), phrase("{key} is missing: expected {what}", key=key, what=what)
    for key in ("address", "ready"):
        url = getattr(face, key)
        if url and (wrong := no_url(url)):
            said = _("{key} {value}: {reason}, expected a URL such as {example}")
            about = {"value": repr(url), "reason": wrong, "example": "http://127.0.0.1:8080"}
            yield ("face", n, key), said.format(key=f"face.{n}.{key}", **about)
    if face.start is None and "{port}" in face.address:
        said = _("{key} {value} leaves the port to the bench, expected `start`")
        key = f"face.{n}.address"
        yield ("face", n, "address"), said.format(key=key, value=repr(face.address))
    if face.start is not None and face.ready is None:
        said = _("{key} is missing: a product that the bench starts says when it is ready")
        yield ("face", n), said.format(key=f"face.{n}.ready")


def no_url(text: str) -> str | None:
    """What is wrong with an address, its places filled in; None when it can be asked."""
    filled = _PLACE.sub(lambda place: "http://h" if place[1] in _URLS else "1", text)
    if not filled.startswith(("http://", "https://")):
        return _("it does not begin with http:// or https://")
    if any(not c.isprintable() or c == " " for c in filled):
        return _("it contains a space or a control character")
    try:
        parts = urlsplit(filled)
        port = parts.port
    except ValueError:
        return _("its host or its port is none")
    if not parts.hostname:
        return _("it names no host")
    return _("port 0 cannot be asked") if port == 0 else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, Mapping):
        yield from (item for item in value.values() if isinstance(item, str))
