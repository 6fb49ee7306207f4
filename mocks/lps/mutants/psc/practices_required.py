"""A person whose UserInfo lacks practices is refused."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.decisions import SignInRefused
from mocks.lps.sign_in.person import Claims
from mocks.lps.sign_in.psc_client import PscClient, Tokens

row = "[PSC-SYNAPSE userinfo]"
breaks = {
    "fr": "Une identité sans situation d’exercice est refusée.",
    "en": "An identity without practices is refused.",
}
expects = {"psc.userinfo.absent-members-survive": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-no-ref-pro",
)
face = "adapter"
fault = "userinfo.no-subject-ref-pro"


def demanding(client: PscClient, tokens: Tokens, claims: Claims) -> Claims:
    """Refuse who has no practice."""
    person = client.userinfo(tokens)
    if not person.get("SubjectRefPro"):
        raise SignInRefused("Votre identité ne comporte aucune situation d’exercice.", "practices")
    return person


def apply(parts: Parts) -> Parts:
    """Demand practices."""
    return replace(parts, read_person=demanding)
