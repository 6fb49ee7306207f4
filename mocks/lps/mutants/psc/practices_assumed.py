"""The first practice is read without looking whether there is one."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.person import Claims
from mocks.lps.sign_in.psc_client import PscClient, Tokens

row = "[PSC-SYNAPSE userinfo], [PSC-THIRD practices]"
breaks = {
    "fr": "Le logiciel plante quand l’identité n’a pas de situation d’exercice.",
    "en": "The product crashes on an identity without practices.",
}
expects = {"system.survives": "broken"}
may = (
    "psc.userinfo.absent-members-survive",
    "story.complete",
)
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-no-ref-pro",
)
face = "adapter"
fault = "userinfo.no-subject-ref-pro"


def careless(client: PscClient, tokens: Tokens, claims: Claims) -> Claims:
    """Take the first practice for granted."""
    person = client.userinfo(tokens)
    first = person["SubjectRefPro"]["exercices"][0]["activities"][0]
    return {**person, "SubjectOrganization": first["raisonSocialeSite"]}


def apply(parts: Parts) -> Parts:
    """Assume practices."""
    return replace(parts, read_person=careless)
