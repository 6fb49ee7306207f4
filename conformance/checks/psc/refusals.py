"""One rule for each fault of a login: refused, or lived with. All conclude in `refusal`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conformance.checks.events import Events
from conformance.checks.observed.refusal import REFUSAL_READS, accepted, refused
from conformance.checks.registry import Basis, Said, Trust, rule

_ID_TOKEN_OWED = ("banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01")
_CIBA_ERROR_OWED = ("banc:PSCH-ERR", "PSC.01")

_ID_TOKEN = "[OIDC-CORE §3.1.3.7] OpenID Connect Core"
_CIBA = "[CIBA-CORE §11] OpenID CIBA"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one rule has of its own; `demands` is its summary."""

    id: str
    fault: str
    demands: str
    requires: tuple[str, ...]
    source: str
    basis: Basis = "standard"
    trust: Trust = "official"


_REFUSED = (
    _Rule(
        "psc.refuses.callback-state-altered",
        "callback.state-altered",
        "A callback with another `state` than the one sent opens no session and redeems no code.",
        ("banc:PSCH-STATE", "PSC/va1.01", "PSC.01"),
        "[IG-REST callback] ANS guide on secured REST transport; [RFC 6749 §10.12] OAuth 2.0",
        basis="ans",
    ),
    _Rule(
        "psc.refuses.id-token-nonce-foreign",
        "id-token.nonce-foreign",
        "An ID token with another `nonce` than the one sent is refused.",
        ("banc:PSCH-NONCE", "PSC/va1.01", "PSC.01"),
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.id-token-key-foreign",
        "id-token.key-foreign",
        "An ID token signed by a key that the provider does not publish is refused.",
        _ID_TOKEN_OWED,
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.id-token-alg-none",
        "id-token.alg-none",
        "An ID token without signature (`alg: none`) is refused.",
        _ID_TOKEN_OWED,
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.id-token-alg-hs256",
        "id-token.alg-hs256",
        "An ID token authenticated by HMAC where RS256 is expected is refused.",
        _ID_TOKEN_OWED,
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.id-token-expired",
        "id-token.expired",
        "An ID token that has expired is refused.",
        _ID_TOKEN_OWED,
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.id-token-aud-foreign",
        "id-token.aud-foreign",
        "An ID token made for another client is refused.",
        _ID_TOKEN_OWED,
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.id-token-iss-foreign",
        "id-token.iss-foreign",
        "An ID token that names another issuer is refused.",
        _ID_TOKEN_OWED,
        _ID_TOKEN,
    ),
    _Rule(
        "psc.refuses.userinfo-sub-foreign",
        "userinfo.sub-foreign",
        "UserInfo that speaks of another person than the ID token is refused.",
        ("banc:PSCH-USERINFO", "PSC/va1.01", "PSC.01"),
        "[OIDC-CORE §5.3.2] OpenID Connect Core",
    ),
    _Rule(
        "psc.refuses.ciba-access-denied",
        "ciba.access-denied",
        "When the person refuses on the phone, the product says so and signs nobody in.",
        _CIBA_ERROR_OWED,
        _CIBA,
    ),
    _Rule(
        "psc.refuses.ciba-expired",
        "ciba.expired",
        "When a request expires unanswered, the product says so and signs nobody in.",
        _CIBA_ERROR_OWED,
        _CIBA,
    ),
    _Rule(
        "psc.refuses.ciba-subject-foreign",
        "ciba.subject-foreign",
        "Tokens of another person than the one asked for are refused.",
        ("banc:PSCH-ID-TOKEN", "PSC.01"),
        "[BANC-READING person asked for] Ours; derived from [CIBA-CORE §10.1] OpenID CIBA",
        basis="ours",
        trust="secondary",
    ),
)
_ACCEPTED = (
    _Rule(
        "psc.acr.higher-accepted",
        "id-token.acr-eidas2",
        "An ID token that says `eidas2`, more than was asked for, lets the person in.",
        ("banc:PSCH-ACR",),
        "[PSC-ISSUES issue 43] PSC returns eidas2 for a card since 2026",
        basis="ans",
        trust="secondary",
    ),
    _Rule(
        "psc.userinfo.absent-members-survive",
        "userinfo.no-subject-ref-pro",
        "An answer of UserInfo without `SubjectRefPro` lets the person in.",
        ("banc:PSCH-REFPRO",),
        "[PSC-SYNAPSE userinfo] Capture of UserInfo: SubjectRefPro may be missing",
        basis="ans",
        trust="secondary",
    ),
    _Rule(
        "psc.ciba.slow-down-survived",
        "ciba.slow-down",
        "A product told to slow down goes on polling, and signs the person in.",
        ("banc:PSCH-CIBA-POLL", "PSC.01"),
        f"{_CIBA}: polling goes on after slow_down",
    ),
)


def _declare(row: _Rule, conclude: Callable[[Events, str], Iterator[Said]]) -> None:
    fault = row.fault

    def check(events: Events) -> Iterator[Said]:
        yield from conclude(events, fault)

    check.__doc__ = row.demands
    declared = rule(
        row.id,
        requires=row.requires,
        reads=REFUSAL_READS,
        basis=row.basis,
        trust=row.trust,
        source=row.source,
        when=(fault,),
    )
    declared(check)


for _row in _REFUSED:
    _declare(_row, refused)
for _row in _ACCEPTED:
    _declare(_row, accepted)
