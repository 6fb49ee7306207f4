"""`banc serve`: the mocks alone, for a product that nobody here drives, on this desk or another."""

import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.main import with_lang
from conformance.plan.listening import port_keys

if TYPE_CHECKING:
    from conformance.plan.listening import Listening
    from conformance.serving.mocks import ServeOptions
    from conformance.stage.services.registration import ClientRegistration
    from conformance.stage.services.surroundings import Mocks


def _with_ports(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command for the ports of `[stage]`, in the order of its keys."""
    for key, name in reversed(port_keys().items()):
        port = click.IntRange(0, 65535)
        command = click.option(_option_name(key), type=port, help=f"{name}; 0: any.")(command)
    return command


def _option_name(key: str) -> str:
    return "--" + key.replace("_", "-")


@click.command("serve")
@click.option("--listen", metavar="ADDRESS", help="Of this machine.  [default: 127.0.0.1]")
@click.option("--allow", multiple=True, metavar="CIDR", help="Who is let in (repeatable).")
@click.option("--host", metavar="NAME", help="How the URLs call this machine.")
@_with_ports
@click.option("--config", type=click.Path(path_type=Path), help="banc.toml of the product.")
@click.option("--redirect-uri", multiple=True, metavar="URI", help="Exact callback (repeatable).")
@click.option(
    "--logout-uri", multiple=True, metavar="URI", help="Exact, after logout (repeatable)."
)
@click.option("--lifetimes", type=click.Choice(["official", "short"]), default="official")
@click.option("--fault", multiple=True, metavar="NAME[=VALUE]", help="Misbehave (repeatable).")
@click.option("--export", type=click.Path(path_type=Path), metavar="DIR", help="For the desk.")
@click.option("--show-secret", is_flag=True, help="Print the client secret.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for a machine.")
@with_lang
def serve_command(**options: Any) -> int:
    """Serve the mock Pro Santé Connect and the mock MSSanté to a product, until Ctrl-C.

    Without options they listen on this machine only. For a product on another desk:

    \b
      banc serve --listen 192.168.1.20 --allow 192.168.1.31/32 --export DIR

    DIR then contains what that desk needs: root certificate, hosts lines, addresses, client id and
    secret, people, mailboxes, a banc.toml, and LISEZMOI.html, which explains it. With
    --config DIR/banc.toml the same addresses are served again, by this command or by banc run.

    Beyond this machine there is always TLS, an allow-list (--allow) and, for the phone page and
    the control API, a token: the address that opens the phone page is shown here only, and works
    once.

    Each exchange is shown in one line, without its secrets. Exit code: 0 when ended by Ctrl-C or
    SIGTERM, 2 when it cannot start (address, port, folder, option), with the reason.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _serve(options)
    except KeyboardInterrupt:
        return 0


def _serve(options: dict[str, Any]) -> int:
    from common.private_files import keys_folder
    from conformance.cli.serve.console import Console
    from conformance.serving.mocks import served

    wanted = _wanted(options)
    folder: Path | None = options["export"]
    if folder is not None:
        from conformance.serving.export_files import require_folder

        require_folder(folder)
    console = Console(as_json=options["as_json"])
    with served(wanted, console.recorder, keys_folder()) as mocks:
        left = _exported(mocks, wanted, folder) if folder is not None else []
        console.announce(mocks, wanted, folder, show_secret=options["show_secret"], left=left)
        with suppress(KeyboardInterrupt):  # the way it is meant to end
            console.wait()
    console.farewell()
    return 0


def _wanted(options: dict[str, Any]) -> "ServeOptions":
    """What was asked for, held to its conditions. Raises `NotReady`: one sentence a mistake."""
    from conformance.errors import NotReady
    from conformance.plan.listening import problems
    from conformance.serving.mocks import ServeOptions, problems_of_faults, problems_of_uris
    from conformance.stage.services.machine import require_here

    listening, client = _from_config(options)
    wrong = [said for _key, said in problems(listening, _option_name)]
    wrong += problems_of_uris("--redirect-uri", options["redirect_uri"])
    wrong += problems_of_uris("--logout-uri", options["logout_uri"])
    wrong += problems_of_faults(options["fault"])
    if wrong:
        raise NotReady("\n".join(wrong))
    require_here(listening)
    return ServeOptions(listening, client, options["lifetimes"], options["fault"])


def _from_config(options: dict[str, Any]) -> tuple["Listening", "ClientRegistration"]:
    """Where to listen and for which client: `banc.toml`, and the options over it."""
    from conformance.plan.listening import Listening, ListeningKeys
    from conformance.serving.mocks import CLIENT, client_of

    listening, client = Listening(), CLIENT
    if options["config"] is not None:
        from conformance.plan import load_plan

        plan = load_plan(options["config"])
        listening = Listening.of(plan.stage)
        client = client_of(plan, known=not options["redirect_uri"])
    given = {key: options[key] for key in ListeningKeys.model_fields}
    asked = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in given.items()
        if value not in (None, ())
    }
    client = replace(
        client,
        redirect_uris=options["redirect_uri"] or client.redirect_uris,
        post_logout_redirect_uris=options["logout_uri"] or client.post_logout_redirect_uris,
    )
    return Listening.of(listening.model_copy(update=asked)), client


def _exported(mocks: "Mocks", wanted: "ServeOptions", folder: Path) -> list[str]:
    """Write what the desk needs; gives what is to be said of it."""
    from conformance.serving.addresses import addresses_of
    from conformance.serving.export import Export, Root
    from conformance.serving.export_files import write
    from conformance.stage.services.machine import machines

    export = Export(
        addresses_of(mocks, wanted.client),
        Root(mocks.host.authority.root_pem),
        mocks.psc.client_secret,
        machines(wanted.listening),
        wanted.faults,
    )
    return write(export, folder)
