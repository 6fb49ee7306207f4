"""`banc init`: ten questions, and the `banc.toml` of a product."""

import textwrap
import tomllib
from pathlib import Path

import click

from conformance.cli.main import with_lang
from conformance.errors import SetUpFault
from conformance.init.questions import (
    FIELDS,
    QUESTIONS,
    Answers,
    Field,
    Question,
    complaint,
    put_right,
)
from conformance.locale import _, language
from conformance.locale.system import sentence_of

_WIDTH = 78
_GUIDES = {"fr": "docs/premier-jour.md", "en": "docs/first-day.md"}


class BadAnswers(SetUpFault):
    """The answers given cannot be used: one sentence each."""


@click.command("init")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("banc.toml"),
    show_default=True,
    help="The file to write.",
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TOML file of answers (name, version, editor, corridor, wave, mode, driver, start, "
    "address, client_id, redirect_uri, post_logout_uri); only the others are asked.",
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: take what is usual for the others.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@with_lang
def init_command(out: Path, answers: Path | None, yes: bool, force: bool, lang: str) -> int:
    """Ask ten questions about your product and write its banc.toml.

    A file that is there is replaced only after asking (or with --force). Exit code: 0 written,
    2 an answer or a file that cannot be used, 130 left before the end.
    """
    try:
        given = _from_file(answers, out.parent) if answers else {}
        if out.exists() and not force and not _may_replace(out, yes):
            return 2
        found = _defaults(given, out.parent) if yes else _asked(given, out.parent)
        _write(out, found)
    except BadAnswers as error:
        click.echo("\n".join(f"banc: {line}" for line in str(error).splitlines()), err=True)
        return 2
    except KeyboardInterrupt:
        click.echo("\n" + _("Left before the end: nothing was written."), err=True)
        return 130
    return 0


def _from_file(path: Path, folder: Path) -> dict[str, str]:
    """The answers of a file, each checked by its question. Raises `BadAnswers`."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadAnswers(sentence_of(error)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = _("{path}: not TOML: {reason}")
        raise BadAnswers(said.format(path=path, reason=error)) from error
    fields = {field.key: field for field in FIELDS}
    wrong, found = [], {}
    for key in [*fields, *(key for key in raw if key not in fields)]:
        if key not in raw:
            continue
        if key not in fields:
            said = _("{path}: {key} is no question, expected among {known}")
            wrong.append(said.format(path=path, key=key, known=", ".join(fields)))
            continue
        if not isinstance(raw[key], str):
            said = _("{path}: {key} is {value}, expected a text")
            wrong.append(said.format(path=path, key=key, value=repr(raw[key])))
            continue
        found[key] = put_right(fields[key], raw[key])
        if said := complaint(fields[key], found[key], found, folder) or "":
            wrong.append(f"{path}: {key}: {said}")
    if wrong:
        raise BadAnswers("\n".join(wrong))
    return found


def _may_replace(out: Path, yes: bool) -> bool:
    said = _("{path} is there already").format(path=out)
    if yes:
        wanted = _("expected another --out, or --force to replace it")
        click.echo(f"banc: {said}, {wanted}", err=True)
        return False
    return _yes(_("{what}. Replace it?").format(what=said))


def _yes(question: str) -> bool:
    """Whether the answer is yes; no is usual."""
    yes, no = _("yes"), _("no")
    while True:
        given = _line(f"{question} ({yes}/{no}) [{no}] ").strip().lower()
        if given in ("", no, no[0]):
            return False
        if given in (yes, yes[0]):
            return True


def _defaults(given: Answers, folder: Path) -> dict[str, str]:
    """What is usual wherever nothing was given. Raises `BadAnswers`."""
    found: dict[str, str] = {}
    for field in FIELDS:
        found[field.key] = given.get(field.key, field.usual({**given, **found}, folder))
        if said := complaint(field, found[field.key], found, folder):
            raise BadAnswers(f"{field.key}: {said}")
    return found


def _asked(given: Answers, folder: Path) -> dict[str, str]:
    """Ask what was not given, one question at a time. Raises `BadAnswers` at the end of input."""
    said = _("Ten questions about your product. Enter takes the answer in brackets.")
    _say(said, "")
    found: dict[str, str] = {}
    for number, question in enumerate(QUESTIONS, 1):
        if any(field.key not in given for field in question.fields):
            _show(number, question)
        for field in question.fields:
            known = {**given, **found}
            found[field.key] = (
                given[field.key] if field.key in given else _ask(field, known, folder)
            )
    return found


def _show(number: int, question: Question) -> None:
    """The question and why it is asked; its choices, numbered."""
    click.echo(f"\n{number}/{len(QUESTIONS)}  {_(question.asks)}")
    _say(_(question.why), "  ")
    for field in question.fields:
        for place, choice in enumerate(field.choices, 1):
            _say(f"{place}. {choice.word:<9}{_(choice.means)}", "    ", " " * 12)


def _ask(field: Field, before: Answers, folder: Path) -> str:
    usual = field.usual(before, folder)
    label = f"{_(field.label)} " if field.label else ""
    while True:
        given = _line(f"  {label}[{usual}] > ") or usual
        answer = put_right(field, given)
        said = complaint(field, answer, before, folder)
        if said is None:
            return answer
        _say(f"! {said}", "  ", "  ")


def _say(text: str, margin: str, hang: str = "") -> None:
    """A sentence cut for a narrow terminal; what may be copied from it stays whole."""
    click.echo(
        textwrap.fill(
            text,
            _WIDTH,
            initial_indent=margin,
            subsequent_indent=margin + hang,
            break_on_hyphens=False,
            break_long_words=False,
        )
    )


def _line(prompt: str) -> str:
    """One line of the terminal. Raises `BadAnswers` when nobody is there to answer."""
    click.echo(prompt, nl=False)
    try:
        return input().strip()
    except EOFError as error:
        said = _("nobody answers, expected --answers FILE or --yes where there is no terminal")
        raise BadAnswers(said) from error


def _write(out: Path, answers: Answers) -> None:
    """Write the file, and say what is left and what comes next. Raises `BadAnswers`."""
    from conformance.errors import PlanError
    from conformance.init.writing import first_scenario, remaining, text_of, write_new

    guide = _GUIDES[language()]
    try:
        write_new(out, text_of(answers, guide))
    except PlanError as error:
        raise BadAnswers("\n".join(error.sentences)) from error
    except OSError as error:
        raise BadAnswers(sentence_of(error)) from error
    click.echo("\n" + _("{path} is written. To fill in, in that file:").format(path=out))
    for sentence in remaining(answers):
        _say(f"- {sentence}", "  ", "  ")
    click.echo(_("The guide: {guide}").format(guide=guide))
    banc = "./banc" if Path("banc").is_file() else "banc"
    click.echo(_("Then:"))
    if not answers["start"]:
        click.echo(f"  {banc} serve --config {out} --export {out.parent / 'poste'}")
    click.echo(f"  {banc} run --config {out} --only {first_scenario(answers)}")
