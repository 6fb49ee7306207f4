"""`banc verify`, `replay`, `diff`, `finish`: what is done with a bundle after its run."""

import json
from pathlib import Path

import click
import rfc8785

from conformance.cli.main import with_lang
from conformance.cli.mishaps import printable
from conformance.cli.new_key import NEW_KEY, make_lasting_key

BUNDLE = click.argument("bundle", type=click.Path(path_type=Path))


@click.command("verify")
@BUNDLE
@click.option("--key", help="Refuse a bundle signed by another key (file or thumbprint).")
@click.option("--deep", is_flag=True, help="Also check every event against its schema.")
@with_lang
def verify_command(bundle: Path, key: str | None, deep: bool, lang: str) -> int:
    """Tell whether BUNDLE (folder or zip) is unchanged since it was sealed, and by which key.

    A key is named by its thumbprint (RFC 7638): ask its owner for it by another way than the bundle
    came. A key of your own is made by `banc run --new-key`; without one, each run has a key that is
    thrown away, which proves that nothing changed but not who sealed.

    Exit code: 0 intact, 1 altered (each file is named) or not sealed by --key, 2 not sealed or no
    bundle, 3 bench error.
    """
    from conformance.bundle.verify import verify

    verification = verify(bundle, key=key, deep=deep)
    for sentence in verification.sentences:
        click.echo(printable(sentence))
    return verification.code


@click.command("replay")
@BUNDLE
@click.option("--out", type=click.Path(path_type=Path), help="Write the findings there.")
@with_lang
def replay_command(bundle: Path, out: Path | None, lang: str) -> int:
    """Judge BUNDLE again with this bench and say where its verdicts differ from the recorded ones.

    Exit code: 0 same findings, 1 different, 2 not a bundle, 3 bench error.
    """
    from conformance.bundle.forms.findings import load_findings
    from conformance.bundle.reading import opened
    from conformance.bundle.replay import judged
    from conformance.catalogue import catalogue_note
    from conformance.comparing.diff import compare, lines
    from conformance.judging.findings import findings_json

    with opened(bundle) as folder:
        recorded = load_findings(folder)
        fresh = findings_json(judged(folder))
        difference = compare(recorded, fresh, same_run=True)
        note = catalogue_note(folder)
    if out is not None:
        out.write_bytes(rfc8785.dumps(fresh))
    for line in (*lines(difference), *filter(None, [note])):
        click.echo(printable(line))
    return 1 if difference.changed else 0


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@with_lang
def diff_command(old: Path, new: Path, as_json: bool, lang: str) -> int:
    """Show what became better, worse, new or gone from bundle OLD to bundle NEW.

    What was tested in OLD and is not in NEW counts as worse. Exit code: 0 nothing worse, 1
    something worse, 2 not a bundle.
    """
    from conformance.bundle.forms.findings import load_findings
    from conformance.bundle.reading import opened
    from conformance.comparing.diff import changes_json, compare, lines

    with opened(old) as first, opened(new) as second:
        difference = compare(load_findings(first), load_findings(second))
    if as_json:
        facts = {"worse": difference.regressed, "rules_changed": difference.rules_changed}
        click.echo(json.dumps(facts | {"changes": changes_json(difference)}, ensure_ascii=False))
    for line in [] if as_json else lines(difference):
        click.echo(printable(line))
    return 1 if difference.regressed else 0


@click.command("finish")
@BUNDLE
@click.option("--key", type=click.Path(path_type=Path), help="Sign with this Ed25519 key.")
@NEW_KEY
@with_lang
def finish_command(bundle: Path, key: Path | None, new_key: bool, lang: str) -> int:
    """Judge, report and seal BUNDLE, whose run was cut short; nothing recorded is lost.

    A folder that is sealed already is left alone (code 2).
    """
    from conformance.cli.run.closing import closing
    from conformance.run.finish import finish

    if new_key:
        make_lasting_key(key)
    return closing(finish(bundle, key, lang), ())
