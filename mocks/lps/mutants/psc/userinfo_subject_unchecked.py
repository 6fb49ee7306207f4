"""UserInfo may speak of another person than the ID token."""

from dataclasses import replace

from mocks.lps.parts import Parts

row = "[OIDC-CORE §5.3.2]"
breaks = {
    "fr": "Le sujet des données d’identité n’est pas comparé à celui de l’ID token.",
    "en": "The subject of UserInfo is not compared with that of the ID token.",
}
expects = {"psc.refuses.userinfo-sub-foreign": "broken"}
shown_by = (
    "banc:psc-web-login",
    "banc:psc-web-sub-foreign",
)
face = "adapter"
fault = "userinfo.sub-foreign"


def apply(parts: Parts) -> Parts:
    """Compare nothing."""
    return replace(parts, same_person=lambda claims, person, expected: True)
