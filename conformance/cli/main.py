"""The command line: one thin module a command, loaded only when it is called."""

import contextlib
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from conformance.locale import set_language

COMMANDS = {
    "init": "conformance.cli.init",
    "run": "conformance.cli.run.command",
    "serve": "conformance.cli.serve.command",
    "list": "conformance.cli.list.command",
    "verify": "conformance.cli.bundles",
    "replay": "conformance.cli.bundles",
    "diff": "conformance.cli.bundles",
    "finish": "conformance.cli.bundles",
    "decide": "conformance.cli.decide.command",
    "report": "conformance.cli.report",
    "dossier": "conformance.cli.dossier",
    "mutants": "conformance.cli.mutants",
    "film": "conformance.cli.film",
    "catalogue": "conformance.cli.catalogue.command",
    "identities": "conformance.cli.identities",
    "doctor": "conformance.cli.doctor.command",
    "bench": "conformance.cli.bench",
    "test": "conformance.cli.test",
}

SUMMARIES = {
    "init": "Ask ten questions about your product and write its banc.toml.",
    "run": "Rehearse a product: drive it, film it, judge it, seal the proofs.",
    "serve": "Serve the mock services to a product here or on another desk.",
    "list": "List requirements, scenarios, proofs or rules.",
    "verify": "Tell whether a bundle is as it was sealed.",
    "replay": "Judge a recorded bundle again, with this bench.",
    "diff": "Show what differs between the verdicts of two bundles.",
    "finish": "Judge and seal a bundle whose run was cut short.",
    "decide": "Record what a person decides on a sealed bundle, beside it.",
    "report": "Make the report of a bundle with the decisions beside it.",
    "dossier": "Draw up the deposit over several bundles; lint: check a folder of proofs.",
    "mutants": "Run every faulty variant of the reference system and print the matrix.",
    "film": "Add films made elsewhere to a run (OBS, Game Bar, a phone).",
    "catalogue": "Import your official workbook, lint it, compare it, fill it in.",
    "identities": "Write the synthetic people, to be loaded into a product.",
    "doctor": "Show the tools the bench needs, and install what is missing.",
    "bench": "Measure the bench beside its peers (CPU time).",
    "test": "Run the project's own tests.",
}


class ReaderLeft(Exception):
    """Whoever read along has left. No `OSError`: click would end with 1, a refusal here."""


class Lazy(click.Group):
    """Loads the module of a command when it is called, so that the rest costs nothing."""

    def invoke(self, ctx: click.Context) -> Any:
        """As click does. Raises `ReaderLeft` when what is said has no reader any more."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderLeft from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, from its own module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        found: click.Command = getattr(module, f"{cmd_name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of `--help`, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in COMMANDS])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, naming the nearest command when there is none of that name."""
        from difflib import get_close_matches

        if args and args[0] not in COMMANDS:
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise click.UsageError(f"no command {args[0]!r}{hint}; see banc --help", ctx)
        return super().resolve_command(ctx, args)


def with_lang(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--lang`, set before the command says anything."""

    def chosen(ctx: click.Context, param: click.Parameter, value: str) -> str:
        set_language(value)
        return value

    return click.option(
        "--lang",
        type=click.Choice(["fr", "en"]),
        default="fr",
        show_default=True,
        envvar="BANC_LANG",
        expose_value=True,
        callback=chosen,
        is_eager=True,
        help="Language of messages and reports.",
    )(function)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="banc", prog_name="banc")
def cli() -> None:
    """Test bench that rehearses French e-health referencing (Pro Santé Connect, MSSanté).

    Without any configuration, `banc run` rehearses the built-in reference system. A report of this
    bench is a rehearsal, never a result of the ANS.
    """


def main() -> None:
    """Run the command line; set-up problems end with code 2, defects of the bench with code 3.

    Whatever happens is told in sentences; `BANC_TRACEBACK` in the environment shows the trace.
    """
    try:
        sys.exit(cli(prog_name="banc", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (ReaderLeft, BrokenPipeError):  # nothing more to say to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(3)
    except Exception as error:
        if os.environ.get("BANC_TRACEBACK"):
            raise
        from conformance.cli.mishaps import printable, told

        sentence, code = told(error)
        told_so = "\n".join(f"banc: {line}" for line in printable(sentence).split("\n"))
        with contextlib.suppress(OSError):  # the terminal itself may be what is gone
            click.echo(told_so, err=True)
        sys.exit(code)
