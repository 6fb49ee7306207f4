"""Reads `banc.toml`; every error names the key, the value and what was expected."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from conformance.catalogue import load_catalogue
from conformance.drivers.steps import problems_of_action, problems_of_see
from conformance.plan.lines import key_lines
from conformance.plan.model import PLACES, Face, Plan
from conformance.plan.sentences import sentence

_PLACE = re.compile(r"\{([a-z_]*)\}")
_LATER = "comes in a later version"


class PlanError(Exception):
    """`banc.toml` cannot be used: one sentence for each mistake, with file, line and key."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


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
        raise PlanError([f"{name}: octet {error.start} is not UTF-8, expected TOML"]) from error
    except tomllib.TOMLDecodeError as error:
        raise PlanError([f"{name}: not TOML: {error}"]) from error
    lines = _Lines(name, text)
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        told = [lines.said(*sentence(Plan, each)) for each in error.errors(include_url=False)]
        raise PlanError(list(dict.fromkeys(told))) from error
    problems = [lines.said(key, said) for key, said in _problems(plan, today)]
    if problems:
        raise PlanError(problems)
    return plan.model_copy(update={"source": source})


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
        raise PlanError([f"mocks/lps/banc.toml: {error.strerror}, expected in the package"]) from (
            error
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlanError([f"{path}: {error.strerror}, expected a banc.toml"]) from error


Problem = tuple[tuple[str | int, ...], str]


def _problems(plan: Plan, today: date) -> Iterator[Problem]:
    """What is wrong beyond the shape of single values."""
    yield from _not_yet(plan)
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
        yield (
            ("actions",),
            "actions and see are for a browser face, and no [[face]] has driver browser",
        )
    for n, entry in enumerate(plan.expected):
        if entry.until is not None and entry.until < today:
            yield (
                ("expected", n, "until"),
                f"expected.{n}.until {entry.until.isoformat()} has passed, "
                "expected a date to come, or the entry taken out",
            )


def _not_yet(plan: Plan) -> Iterator[Problem]:
    for name in ("psc", "mssante"):
        if getattr(plan.stage, name) == "external":
            yield ("stage", name), f"stage.{name} 'external' {_LATER}, expected 'mock'"
    for n, face in enumerate(plan.faces):
        if face.driver == "operator":
            said = f"face.{n}.driver 'operator' {_LATER}, expected 'browser' or 'adapter'"
            yield ("face", n, "driver"), said
    if plan.plan.catalogue is not None:
        yield ("plan", "catalogue"), f"plan.catalogue: a catalogue of your own {_LATER}"


def _profiles(plan: Plan) -> Iterator[Problem]:
    if not plan.plan.profiles:
        return
    known = sorted({row.profile for row in load_catalogue().requirements if row.conditional})
    for profile in plan.plan.profiles:
        if profile not in known:
            near = get_close_matches(profile, known, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            said = f"plan.profiles {profile!r} is unknown{hint}, expected among {', '.join(known)}"
            yield ("plan", "profiles"), said


def _face(n: int, face: Face) -> Iterator[Problem]:
    texts: Mapping[str, Any] = face.model_dump(exclude_none=True)
    for key, value in texts.items():
        for text in _strings(value):
            for place in _PLACE.findall(text):
                if place not in PLACES:
                    said = f"face.{n}.{key}: {{{place}}} is unknown, expected one of "
                    yield ("face", n, key), said + ", ".join(PLACES)
    if not face.address.startswith(("http://", "https://")):
        said = f"face.{n}.address {face.address!r}: expected a URL that begins with http:// or https://"
        yield ("face", n, "address"), said
    if face.start is None and "{port}" in face.address:
        said = f"face.{n}.address {face.address!r} leaves the port to the bench, expected `start`"
        yield ("face", n, "address"), said
    if face.start is not None and face.ready is None:
        said = f"face.{n}.ready is missing: a product that is started says when it is up"
        yield ("face", n), said


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, Mapping):
        yield from (item for item in value.values() if isinstance(item, str))
