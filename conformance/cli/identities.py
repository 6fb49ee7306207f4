"""`banc identities`: the synthetic people, to be loaded into a product before a run."""

import click

from conformance.cli.main import with_lang
from conformance.serving.identities_table import as_csv, as_json, people


@click.command("identities")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@click.option("--domain", default="default.mss.test", show_default=True, help="Of professionals.")
@click.option("--patient-domain", default="patient.default.mss.test", show_default=True)
@with_lang
def identities_command(form: str, domain: str, patient_domain: str, lang: str) -> None:
    """Write the bench's professionals and patients; every one of them is synthetic."""
    rows = people(domain, patient_domain)
    click.echo(as_csv(rows) if form == "csv" else as_json(rows), nl=False)
