"""`banc decide` at a terminal: what is not clear, one question at a time."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import click

from conformance.bundle.keys import SigningKey
from conformance.cli.console import at_a_terminal
from conformance.cli.mishaps import printable
from conformance.deciding.file import CHOICES, ROLES, Choice
from conformance.deciding.recording import Table, Wish, now, record, require_lasting_key, table_of
from conformance.errors import AlteredBundle, BundleFault
from conformance.locale import _, phrase
from conformance.reporting.visit.views import VisitItem, VisitStop
from conformance.reporting.with_decisions import merged
from conformance.wording.verdicts import choice_word, role_word

_WIDTH = 78
_KEYS: dict[str, Choice] = dict(zip(("c", "r", "v", "n"), CHOICES, strict=True))


def walk(table: Table, key: SigningKey, options: dict[str, Any]) -> int:
    """Ask about each thing that is not clear; every answer is recorded as soon as it is given.

    Raises `BundleFault` when nobody can be asked or no key lasts, `AlteredBundle` when something
    beside the bundle does not hold.
    """
    if not at_a_terminal():
        said = _("nothing to decide: --on and --decision say what, or a person at a terminal does")
        raise BundleFault(said)
    require_lasting_key(key)
    if table.decisions.problems:
        raise AlteredBundle(table.decisions.problems[0])
    items = list(_items(merged(table.bundle, options["lang"]).report.visit))
    if not items:
        click.echo(_("Nothing is unclear: nothing to review, to warn of or left untested."))
        return 0
    try:
        author = options["author"] or _asked(_("Your name"))
        role = options["role"] or _role()
        click.echo(_keys())
        for number, (stop, item) in enumerate(items, 1):
            click.echo(f"\n[{number}/{len(items)}] {printable(stop.scenario or '–')}")
            _show(item)
            choice = _choice()
            if choice is None:
                continue
            wish = Wish((item.name,), choice, _asked(_("Comment (Enter: none)"), empty=True))
            when = options["date"] or now()
            [name] = record(table, [wish], author=author, role=role, date=when, key=key)
            click.echo(f"  {name}: {choice_word(choice)}")
    except (_Enough, click.Abort):  # q, the end of the input, or Ctrl-C between two questions
        click.echo()
    recorded = len(table_of(table.bundle).decisions.all) - len(table.decisions.all)
    click.echo(_("decisions recorded: {count}").format(count=recorded))
    return 0


class _Enough(Exception):
    """The person has had enough for today."""


def _items(stops: Sequence[VisitStop]) -> Iterator[tuple[VisitStop, VisitItem]]:
    """Everything on the visit, what nobody has decided on first."""
    every = [(stop, item) for stop in stops for item in stop.every]
    yield from (pair for pair in every if not pair[1].opinions)
    yield from (pair for pair in every if pair[1].opinions)


def _show(item: VisitItem) -> None:
    _wrapped(f"{item.name} – {item.word}", "")
    _wrapped(item.title)
    for because in item.whys[:3]:
        _wrapped(_("Why") + f": {because.sentence}")
    for showing in item.shows:
        at = phrase(" (film at {clock})", clock=showing.moment.clock) if showing.moment else ""
        _wrapped(f"→ {showing.sentence}{at}")
    for role, opinion in item.opinions.items():
        _wrapped(f"{role_word(role)}: {opinion.word} – {opinion.author}, {opinion.date}")


def _wrapped(text: str, indent: str = "  ") -> None:
    if text:
        whole = printable(" ".join(text.split()))
        click.echo(textwrap.fill(whole, _WIDTH, initial_indent=indent, subsequent_indent=indent))


def _keys() -> str:
    told = [f"{key} {choice_word(choice)}" for key, choice in _KEYS.items()]
    return textwrap.fill(" · ".join([*told, _("Enter: skip"), _("q: stop")]), _WIDTH)


def _choice() -> Choice | None:
    """The decision; None to skip. Raises `_Enough`."""
    while True:
        given = _asked("c/r/v/n", empty=True).lower()
        if given == "q":
            raise _Enough
        if not given:
            return None
        if given in _KEYS:
            return _KEYS[given]
        click.echo(phrase("{given}: expected one of {known}", given=given, known="c, r, v, n, q"))


def _role() -> Any:
    while (given := _asked(_("Your role") + f" ({'/'.join(ROLES)})")) not in ROLES:
        click.echo(phrase("{given}: expected one of {known}", given=given, known=", ".join(ROLES)))
    return given


def _asked(question: str, *, empty: bool = False) -> str:
    while True:
        given = str(click.prompt(question, default="", show_default=False)).strip()
        if given or empty:
            return given
