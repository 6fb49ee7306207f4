"""`banc film add`: films made elsewhere, laid on the run that they show."""

from datetime import datetime
from pathlib import Path

import click

from conformance.cli.main import with_lang
from conformance.cli.mishaps import printable
from conformance.cli.new_key import NEW_KEY, make_lasting_key
from conformance.locale import _


@click.group("film")
def film_command() -> None:
    """Work with films that the bench did not make itself."""


@film_command.command("add")
@click.argument("films", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    required=True,
    metavar="ID",
    help="What the film shows; once for each FILE, in the same order.",
)
@click.option("--bundle", type=click.Path(path_type=Path), help="Of which run (default: the last).")
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    help="Where bundles are (default: reports).",
)
@click.option("--starts-at", metavar="TIME", help="When the film began: 2026-03-01T10:15:30+01:00.")
@click.option("--out", type=click.Path(path_type=Path), help="Default: beside it, named …-film.")
@click.option("--key", type=click.Path(path_type=Path), help="Sign with this Ed25519 key.")
@NEW_KEY
@with_lang
def add_command(
    films: tuple[Path, ...],
    scenarios: tuple[str, ...],
    bundle: Path | None,
    reports: Path,
    starts_at: str | None,
    out: Path | None,
    key: Path | None,
    new_key: bool,
    lang: str,
) -> int:
    """Add films made elsewhere (OBS, Game Bar, a phone…) to a run: chapters, checks, proofs.

    A film is aligned with the run by --starts-at if given, else by the mark of the phone page that
    it shows (/phone/mark says how), by the date that the file carries, or by the time in its name.
    It must show the whole scenario. The sealed bundle stays as it is: a new one is made and sealed
    beside it, which remembers that the film was made elsewhere.

    Exit code: as `banc run`; 2 when the film or the bundle cannot be used.
    """
    from conformance.cli.run.closing import closing
    from conformance.comparing.earlier_runs import newest_bundle
    from conformance.evidence.elsewhere.placing import lay, scenario_run_of
    from conformance.run.added_films import add_films, sealed
    from conformance.wording.films import start_word

    if len(films) != len(scenarios):
        said = _("{films} films and {names} --scenario: expected one name for each film")
        raise click.UsageError(said.format(films=len(films), names=len(scenarios)))
    moment = _moment(starts_at)
    source = bundle or newest_bundle(reports)
    if new_key:
        make_lasting_key(key)
    with sealed(source) as folder:
        scenario_runs = [scenario_run_of(folder, name) for name in scenarios]
        laid = [
            lay(film, scenario_run, moment)
            for film, scenario_run in zip(films, scenario_runs, strict=True)
        ]
        for one in laid:
            said = _("{film}: begins {seconds:+.1f} s from the scenario {name}, {by}")
            seconds = one.start.epoch - one.scenario_run.began
            about = {"name": one.scenario_run.name, "by": start_word(one.start.by)}
            click.echo(printable(said.format(film=one.film.name, seconds=seconds, **about)))
        finished = add_films(folder, laid, out or _beside(source), key, lang)
    return closing(finished, ())


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        said = _("--starts-at {text}: expected a date and a time such as 2026-03-01T10:15:30+01:00")
        raise click.UsageError(said.format(text=text)) from error


def _beside(bundle: Path) -> Path:
    """`<bundle>-film`, numbered from 2 when there is one."""
    stem = bundle.with_suffix("") if bundle.suffix == ".zip" else bundle
    names = (f"{stem.name}-film" if n == 1 else f"{stem.name}-film-{n}" for n in range(1, 1000))
    return next(path for name in names if not (path := stem.with_name(name)).exists())
