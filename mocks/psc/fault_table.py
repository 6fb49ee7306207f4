"""The closed table of the faults that the mock Pro Santé Connect knows.

Names are `<where>.<what>`; what a right product does with one is `expected`.
"""

from dataclasses import dataclass
from typing import Literal

Expected = Literal["refuse", "accept", "recover"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One named misbehaviour.

    `where` is the route it strikes on; `once` means that, armed without an occurrence, it strikes
    the first opportunity only; `value` says in words what the optional value does, `values` which
    ones there are (`count`: a whole number from 1; none: it takes no value).
    """

    name: str
    where: str
    expected: Expected
    en: str
    fr: str
    value: str = ""
    values: tuple[str, ...] | Literal["count"] = ()
    once: bool = False

    def hold_value(self, value: object) -> None:
        """Raises `ValueError` when the fault does not take that value."""
        if value is None or (self.values == "count" and type(value) is int and value >= 1):
            return
        if self.values == "count" or value not in self.values:
            wanted = "a whole number from 1" if self.values == "count" else ", ".join(self.values)
            raise ValueError(f"fault {self.name}: value {value!r}, expected {wanted or 'none'}")


def _table(*faults: Fault) -> dict[str, Fault]:
    return {fault.name: fault for fault in faults}


FAULTS: dict[str, Fault] = _table(
    Fault(
        "callback.state-altered",
        "authorize",
        "refuse",
        "The callback carries another `state` than the one sent.",
        "Le retour porte un autre `state` que celui envoyé.",
    ),
    Fault(
        "callback.state-missing",
        "authorize",
        "refuse",
        "The callback carries no `state`.",
        "Le retour ne porte pas de `state`.",
    ),
    Fault(
        "callback.error-access-denied",
        "authorize",
        "refuse",
        "The callback says `access_denied` instead of giving a code.",
        "Le retour dit `access_denied` au lieu de donner un code.",
    ),
    Fault(
        "callback.error-login-required",
        "authorize",
        "refuse",
        "The callback says `login_required` instead of giving a code.",
        "Le retour dit `login_required` au lieu de donner un code.",
    ),
    Fault(
        "callback.error-server-error",
        "authorize",
        "refuse",
        "The callback says `server_error` instead of giving a code.",
        "Le retour dit `server_error` au lieu de donner un code.",
    ),
    Fault(
        "callback.error-temporarily-unavailable",
        "authorize",
        "refuse",
        "The callback says `temporarily_unavailable` instead of giving a code.",
        "Le retour dit `temporarily_unavailable` au lieu de donner un code.",
    ),
    Fault(
        "id-token.nonce-foreign",
        "token",
        "refuse",
        "The ID token carries another `nonce` than the one sent.",
        "L'ID token porte un autre `nonce` que celui envoyé.",
    ),
    Fault(
        "id-token.key-foreign",
        "token",
        "refuse",
        "The ID token is signed by a key that is not published, under the published `kid`.",
        "L'ID token est signé par une clé non publiée, sous le `kid` publié.",
    ),
    Fault(
        "id-token.signature-altered",
        "token",
        "refuse",
        "One bit of the signature of the ID token is flipped.",
        "Un bit de la signature de l'ID token est inversé.",
    ),
    Fault(
        "id-token.alg-none",
        "token",
        "refuse",
        "The ID token is not signed: its header says `alg: none`.",
        "L'ID token n'est pas signé : son en-tête dit `alg: none`.",
    ),
    Fault(
        "id-token.alg-hs256",
        "token",
        "refuse",
        "The ID token is authenticated by HMAC instead of being signed.",
        "L'ID token est authentifié par HMAC au lieu d'être signé.",
        value="key of the HMAC: client-secret (default) or public-key (the published PEM)",
        values=("client-secret", "public-key"),
    ),
    Fault(
        "id-token.expired",
        "token",
        "refuse",
        "The ID token expired ten minutes ago.",
        "L'ID token a expiré depuis dix minutes.",
    ),
    Fault(
        "id-token.aud-foreign",
        "token",
        "refuse",
        "The ID token was made for another client.",
        "L'ID token est destiné à un autre client.",
    ),
    Fault(
        "id-token.iss-foreign",
        "token",
        "refuse",
        "The ID token names another issuer.",
        "L'ID token nomme un autre émetteur.",
    ),
    Fault(
        "id-token.acr-eidas2",
        "token",
        "accept",
        "The ID token says `eidas2`: more than the level asked for.",
        "L'ID token dit `eidas2` : plus que le niveau demandé.",
    ),
    Fault(
        "userinfo.sub-foreign",
        "userinfo",
        "refuse",
        "UserInfo speaks of another person than the ID token.",
        "UserInfo parle d'une autre personne que l'ID token.",
    ),
    Fault(
        "userinfo.expired",
        "userinfo",
        "recover",
        "UserInfo says once that the access token has expired.",
        "UserInfo dit une fois que le jeton d'accès a expiré.",
        once=True,
    ),
    Fault(
        "userinfo.no-subject-ref-pro",
        "userinfo",
        "accept",
        "UserInfo has no `SubjectRefPro`.",
        "UserInfo n'a pas de `SubjectRefPro`.",
    ),
    Fault(
        "userinfo.no-exercices",
        "userinfo",
        "accept",
        "`SubjectRefPro.exercices` is empty.",
        "`SubjectRefPro.exercices` est vide.",
    ),
    Fault(
        "userinfo.two-professions",
        "userinfo",
        "accept",
        "The person practises two professions.",
        "La personne exerce deux professions.",
    ),
    Fault(
        "userinfo.two-activities",
        "userinfo",
        "accept",
        "The person has two activities, the second with members left out.",
        "La personne a deux activités, la seconde avec des membres omis.",
    ),
    Fault(
        "userinfo.edit-id",
        "userinfo",
        "accept",
        "The national identifier is an EDIT one (`ANS` and 14 digits).",
        "L'identifiant national vient d'EDIT (`ANS` et 14 chiffres).",
    ),
    Fault(
        "userinfo.adeli-id",
        "userinfo",
        "accept",
        "The national identifier is an ADELI one, the RPPS stands in `otherIds`.",
        "L'identifiant national est un ADELI, le RPPS est dans `otherIds`.",
    ),
    Fault(
        "userinfo.accents",
        "userinfo",
        "accept",
        "The names carry accents and an apostrophe.",
        "Les noms portent des accents et une apostrophe.",
    ),
    Fault(
        "userinfo.practice-name-differs",
        "userinfo",
        "accept",
        "The name of practice differs from the usual name.",
        "Le nom d'exercice diffère du nom d'usage.",
    ),
    Fault(
        "userinfo.unknown-members",
        "userinfo",
        "accept",
        "UserInfo has members that nobody documented.",
        "UserInfo a des membres que rien ne documente.",
    ),
    Fault(
        "userinfo.signed-jwt",
        "userinfo",
        "accept",
        "UserInfo answers a signed JWT instead of JSON.",
        "UserInfo répond un JWT signé au lieu de JSON.",
    ),
    Fault(
        "ciba.access-denied",
        "token",
        "refuse",
        "What the person approves on the phone arrives as a refusal: `access_denied`.",
        "Ce que la personne valide sur le téléphone arrive comme un refus : `access_denied`.",
    ),
    Fault(
        "ciba.expired",
        "token",
        "refuse",
        "The request expires at the first poll: the answer is `expired_token`.",
        "La demande expire à la première interrogation : la réponse est `expired_token`.",
    ),
    Fault(
        "ciba.slow-down",
        "token",
        "recover",
        "One poll is answered `slow_down`, whatever the rhythm.",
        "Une interrogation reçoit `slow_down`, quel que soit le rythme.",
        value="number of the poll of the request that is answered so (default 1)",
        values="count",
    ),
    Fault(
        "ciba.subject-foreign",
        "token",
        "refuse",
        "The tokens are those of another person than the one asked for.",
        "Les jetons sont ceux d'une autre personne que celle demandée.",
    ),
    Fault(
        "ciba.unknown-user",
        "ciba",
        "refuse",
        "The person asked for is said to be unknown.",
        "La personne demandée est dite inconnue.",
    ),
    Fault(
        "token.refresh-invalid-grant",
        "token",
        "recover",
        "Refreshing answers `invalid_grant`: the person must sign in again.",
        "Le rafraîchissement répond `invalid_grant` : il faut se reconnecter.",
    ),
    Fault(
        "token.server-error",
        "token",
        "recover",
        "The token endpoint fails once with status 500.",
        "Le point d'accès aux jetons échoue une fois, statut 500.",
        value="grant_type it is limited to (default: any)",
        values=(
            "authorization_code",
            "refresh_token",
            "urn:openid:params:grant-type:ciba",
        ),
        once=True,
    ),
)
