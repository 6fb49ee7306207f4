"""The terms of use of the product, with their paragraph on Pro Santé Connect.

What the paragraph has to say: that the service lets professionals identify themselves by Pro Santé
Connect, a teleservice of the ANS, with an e-CPS or a CPS card and its reader, and where the terms
of Pro Santé Connect itself are to be read [PSC-TERMS paragraph].
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Where more is to be read."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """One numbered article; `key` is stable, `psc` marks the one on identification."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    psc: bool = False
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of use in force."""

    version: str
    date: str
    articles: tuple[Article, ...]


PSC_ARTICLE = Article(
    "psc",
    "Identification électronique par Pro Santé Connect",
    (
        "L’accès au service se fait au moyen de Pro Santé Connect, téléservice de l’Agence du "
        "Numérique en Santé (ANS) qui fédère l’identification électronique des professionnels "
        "de santé et des professionnels des secteurs social et médico-social.",
        "L’utilisateur s’identifie avec son application mobile e-CPS ou avec sa carte CPS et un "
        "lecteur de cartes. Le service reçoit de Pro Santé Connect les données d’identité "
        "sectorielle de l’utilisateur : identifiant national, nom et prénom d’exercice, "
        "profession et situations d’exercice.",
        "L’utilisation de Pro Santé Connect est soumise à ses propres conditions générales "
        "d’utilisation, publiées par l’ANS. Lorsque l’utilisateur se déconnecte du service, sa "
        "session Pro Santé Connect est également fermée ; une fermeture pour inactivité ne "
        "ferme que la session du service.",
    ),
    psc=True,
    link=Link(
        "Conditions d’utilisation de Pro Santé Connect (site de l’ANS)",
        "https://esante.gouv.fr/produits-services/pro-sante-connect",
    ),
)

ARTICLES = (
    Article(
        "objet",
        "Objet du service",
        (
            "Cabinet Exemple LPS est un logiciel de tenue de dossiers destiné aux professionnels "
            "de santé. Il permet de rédiger des comptes rendus et de les transmettre par "
            "messagerie sécurisée de santé (MSSanté).",
            "Les présentes conditions définissent les droits et obligations de l’éditeur et des "
            "utilisateurs. Elles peuvent être consultées à tout moment, avant toute connexion.",
        ),
    ),
    Article(
        "acces",
        "Accès au service",
        (
            "Le service est réservé aux professionnels enregistrés dans les répertoires "
            "nationaux. Chaque utilisateur agit en son nom propre et ne prête pas ses moyens "
            "d’identification.",
            "La session est fermée automatiquement après une période d’inactivité.",
        ),
    ),
    Article(
        "donnees",
        "Données de santé et confidentialité",
        (
            "Les données de santé sont traitées pour la seule prise en charge des patients. Les "
            "échanges sont tracés ; les traces ne contiennent ni mot de passe ni jeton d’accès.",
            "Les patients exercent leurs droits auprès du professionnel qui les prend en charge.",
        ),
    ),
    PSC_ARTICLE,
    Article(
        "messagerie",
        "Messagerie sécurisée de santé",
        (
            "Les messages sont envoyés depuis la boîte aux lettres MSSanté de l’utilisateur, vers "
            "des boîtes de l’espace de confiance ou vers la messagerie de Mon espace santé du "
            "patient lorsque son identité nationale de santé est qualifiée.",
            "Lorsqu’un document transmis est remplacé ou supprimé, le logiciel propose de "
            "prévenir ses destinataires initiaux. La décision appartient à l’utilisateur.",
        ),
    ),
    Article(
        "responsabilite",
        "Responsabilité et évolution des conditions",
        (
            "Le service est fourni à titre d’exemple, avec des données fictives exclusivement.",
            "Toute évolution des présentes conditions est portée à la connaissance des "
            "utilisateurs avant son entrée en vigueur.",
        ),
    ),
)


def current_terms() -> Terms:
    """The terms in force."""
    return Terms("2.1", "3 novembre 2025", ARTICLES)
