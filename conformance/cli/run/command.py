"""`banc run`: the main job. Hands the plan to pytest, shows the stories live, says how it ended."""

import os
import signal
from importlib import resources
from pathlib import Path
from typing import Any

import click

from conformance.cli.main import with_lang
from conformance.cli.new_key import NEW_KEY, make_lasting_key
from conformance.cli.run.nightly import Night, nightly_options

GATES = ("review", "not_tested", "warning")


@click.command("run")
@click.option("--config", type=click.Path(path_type=Path), help="banc.toml of your product.")
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    metavar="BUNDLE",
    help="Same plan, data and rules as this bundle (folder or zip), then what differs.",
)
@click.option("--only", multiple=True, metavar="ID", help="Only this scenario (repeatable).")
@click.option("--packs", multiple=True, metavar="PACK", help="tour (default), spine or all.")
@click.option("--no-video", is_flag=True, help="Headless, no film.")
@click.option("--jobs", "-j", type=click.IntRange(1, 32), default=1, help="Workers.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    help="Where bundles are written (default: reports).",
)
@click.option("--lifetimes", type=click.Choice(["official", "short"]), help="For all scenarios.")
@click.option("--mutant", metavar="NAME", help="A faulty variant of the reference system.")
@click.option("--with-texts", is_flag=True, help="Put the official texts into the bundle too.")
@click.option("--strict", is_flag=True, help="Let rules of secondary source fail too.")
@NEW_KEY
@click.option("--gate", multiple=True, type=click.Choice(GATES), help="Count these as refusals.")
@nightly_options
@with_lang
def run_command(**options: Any) -> int:
    """Rehearse a product from end to end: drive, record, film, judge, seal.

    Without --config the reference system is rehearsed. With --like BUNDLE, what somebody deposited
    is run again on the product that --config describes (without it only if the bundle is of the
    reference system): its plan, known failures, identities, scenarios and lifetimes, on film if it
    was; --only narrows it down. The difference is printed and kept in the new report.

    Exit code: 0 no refusal found, 1 a refusal, or a verdict worse than in the bundle of --against
    or --like, or the latter was altered, 2 something was not ready, the run was cut short, or the
    bench itself saw nothing of what was judged, 3 a defect of the bench or a full disk.
    """
    import pytest

    from conformance.bundle.keys import signing_key
    from conformance.cli.run.by_hand import by_hand, hindrance, not_external
    from conformance.cli.run.choice import left_out, misfits
    from conformance.cli.run.progress import Progress
    from conformance.plan import load_plan
    from conformance.stage.services.machine import require_for_run

    plan = load_plan(options["config"])
    if options["like"] is not None:
        from conformance.cli.run.like import as_asked

        options = as_asked(options, options["like"])
    wrong = misfits(plan, options["only"], options["packs"], options["mutant"], options["reports"])
    if wrong:
        click.echo("\n".join(f"banc: {sentence}" for sentence in wrong), err=True)
        return 2
    if options["new_key"]:
        make_lasting_key(plan.signing_key)
    signing_key(plan.signing_key)  # a key that is none is told now, not after the run
    require_for_run(plan.stage, options["jobs"])
    packs = options["packs"] or (() if options["only"] else plan.packs)
    asks = by_hand(plan, options["only"], packs)
    why = not_external(plan, options["lifetimes"]) or (hindrance(options["jobs"]) if asks else None)
    if why:
        click.echo(f"banc: {why}", err=True)
        return 2
    night = Night.before(options, plan, packs)
    for sentence in left_out(plan, packs):
        click.echo(f"banc: {sentence}", err=True)
    progress = Progress(options["lang"], plain=asks)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a build server's Ctrl-C
    arguments = _arguments(options, tuple(packs))
    if asks:
        arguments.append("--capture=no")  # the person's answers come by standard input
        _outlive_the_terminal()
    code = pytest.main(arguments, plugins=[progress])
    for line in progress.complaints:
        click.echo(f"banc: {line}", err=True)
    if progress.unfinished is not None:
        return progress.unfinished
    if progress.finished is None:
        if code == pytest.ExitCode.INTERRUPTED:
            return 130
        if not progress.complaints:
            click.echo(f"banc: pytest ended with {int(code)} before any scenario", err=True)
        return 3
    ended = night.closing(progress.finished, options["gate"])
    if options["like"] is not None:
        from conformance.cli.run.like import compared

        ended = compared(progress.finished, ended)
    return 3 if progress.complaints and ended in (0, 2) else ended


def _outlive_the_terminal() -> None:
    """A terminal that closes ends the run by the end of its input, so that the bundle is sealed.

    What is still said goes nowhere: to write there would be one more failure.
    """
    if not hasattr(signal, "SIGHUP"):
        return
    shown = [number for number in (1, 2) if os.isatty(number)]

    def silence(_number: int, _frame: object) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for number in shown:
            os.dup2(nowhere, number)
        os.close(nowhere)

    signal.signal(signal.SIGHUP, silence)


def _arguments(options: dict[str, Any], packs: tuple[str, ...]) -> list[str]:
    """The command line of pytest: the project's own ini, nothing of the caller's folder."""
    root = resources.files("conformance")
    scenarios = resources.files("scenarios")
    arguments = [
        str(scenarios),
        "-c",
        str(root / "scenarios.ini"),
        f"--rootdir={Path.cwd()}",
        "-p",
        "conformance.plugin",
        "-p",
        "no:terminal",
        f"--banc-reports={options['reports']}",
        f"--banc-lang={options['lang']}",
    ]
    if options["jobs"] > 1:
        arguments += ["-n", str(options["jobs"]), "--dist", "loadgroup"]
    for name in ("config", "like", "lifetimes", "mutant", "video", "max_size"):
        if options[name]:
            arguments.append(f"--banc-{name.replace('_', '-')}={options[name]}")
    for flag in ("no_video", "strict", "with_texts"):
        if options[flag]:
            arguments.append(f"--banc-{flag.replace('_', '-')}")
    arguments += [f"--banc-only={name}" for name in options["only"]]
    arguments += [f"--banc-packs={name}" for name in packs]
    return arguments
