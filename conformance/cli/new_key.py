"""`--new-key`: a signing key that lasts, made once, kept where keys are kept."""

from pathlib import Path

import click

from conformance.locale import _

NEW_KEY = click.option(
    "--new-key",
    is_flag=True,
    help="Make a signing key that lasts, for this bundle and all later ones.",
)


def make_lasting_key(path: Path | None) -> None:
    """Make the key in `path`, or in the user's configuration folder, and say its thumbprint.

    Raises `BundleFault` rather than replace a key that is there.
    """
    from conformance.bundle.keys import make_user_key, user_key_path

    made = make_user_key(path)
    said = _("{path}: signing key {thumbprint}. Whoever has this file can sign in your name.")
    click.echo(said.format(path=path or user_key_path(), thumbprint=made.thumbprint), err=True)
