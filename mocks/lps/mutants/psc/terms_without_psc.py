"""The terms of use do not speak of Pro Santé Connect."""

from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in import terms
from mocks.lps.sign_in.terms import Article, Terms

row = "[FAQ-B film], [PSC-DMN PSC 5]"
breaks = {
    "fr": "Les conditions d’utilisation ne parlent pas de Pro Santé Connect.",
    "en": "The terms of use do not speak of Pro Santé Connect.",
}
expects = {"psc.terms.shown": "broken"}
shown_by = ("PSC.01.01@cps",)
face = "web"


def silent() -> Terms:
    """The terms in force, their article on identification reduced to generalities."""
    general = Article(
        "psc",
        "Identification des utilisateurs",
        ("L’utilisateur s’identifie avec un moyen personnel, qu’il ne prête pas.",) * 3,
        psc=True,
    )
    current = terms.current_terms()
    articles = tuple(general if article.psc else article for article in current.articles)
    return replace(current, articles=articles)


def apply(parts: Parts) -> Parts:
    """Show other terms."""
    return replace(parts, terms=silent)
