"""The connected zone shows another person."""

from dataclasses import replace

from common.identities import COLLEAGUE, Professional
from mocks.lps.parts import Parts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in.decisions import ShownIdentity

row = "[FAQ-B film]"
breaks = {
    "fr": "La zone connectée affiche une autre personne.",
    "en": "The connected zone shows another person.",
}
expects = {"psc.identity.shown": "broken"}
shown_by = ("PSC.01.01@cps",)
face = "web"


def last_visitor(person: Professional) -> ShownIdentity:
    """Who was here before."""
    return sign_in.shown_identity(COLLEAGUE)


def apply(parts: Parts) -> Parts:
    """Show somebody else."""
    return replace(parts, shown_identity=last_visitor)
