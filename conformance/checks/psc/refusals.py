"""One rule for each fault of a login: refused, or lived with. All conclude in `refusal`."""

from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.observed.refusal import REFUSAL_READS, accepted, refused
from conformance.checks.registry import Said, rule

_ID_TOKEN = "[OIDC-CORE §3.1.3.7] OpenID Connect Core"


@rule(
    "psc.refuses.callback-state-altered",
    requires=["banc:PSCH-STATE", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="ans",
    trust="official",
    source="[IG-REST callback] ANS guide on secured REST transport; [RFC 6749 §10.12] OAuth 2.0",
    when=("callback.state-altered",),
)
def state_altered(events: Events) -> Iterator[Said]:
    """A callback with another `state` than the one sent opens no session and redeems no code."""
    yield from refused(events, "callback.state-altered")


@rule(
    "psc.refuses.id-token-nonce-foreign",
    requires=["banc:PSCH-NONCE", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.nonce-foreign",),
)
def nonce_foreign(events: Events) -> Iterator[Said]:
    """An ID token with another `nonce` than the one sent is refused."""
    yield from refused(events, "id-token.nonce-foreign")


@rule(
    "psc.refuses.id-token-key-foreign",
    requires=["banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.key-foreign",),
)
def key_foreign(events: Events) -> Iterator[Said]:
    """An ID token signed by a key that the provider does not publish is refused."""
    yield from refused(events, "id-token.key-foreign")


@rule(
    "psc.refuses.id-token-alg-none",
    requires=["banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.alg-none",),
)
def alg_none(events: Events) -> Iterator[Said]:
    """An ID token without signature (`alg: none`) is refused."""
    yield from refused(events, "id-token.alg-none")


@rule(
    "psc.refuses.id-token-alg-hs256",
    requires=["banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.alg-hs256",),
)
def alg_hs256(events: Events) -> Iterator[Said]:
    """An ID token authenticated by HMAC where RS256 is expected is refused."""
    yield from refused(events, "id-token.alg-hs256")


@rule(
    "psc.refuses.id-token-expired",
    requires=["banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.expired",),
)
def id_token_expired(events: Events) -> Iterator[Said]:
    """An ID token that has expired is refused."""
    yield from refused(events, "id-token.expired")


@rule(
    "psc.refuses.id-token-aud-foreign",
    requires=["banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.aud-foreign",),
)
def aud_foreign(events: Events) -> Iterator[Said]:
    """An ID token made for another client is refused."""
    yield from refused(events, "id-token.aud-foreign")


@rule(
    "psc.refuses.id-token-iss-foreign",
    requires=["banc:PSCH-ID-TOKEN", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source=_ID_TOKEN,
    when=("id-token.iss-foreign",),
)
def iss_foreign(events: Events) -> Iterator[Said]:
    """An ID token that names another issuer is refused."""
    yield from refused(events, "id-token.iss-foreign")


@rule(
    "psc.refuses.userinfo-sub-foreign",
    requires=["banc:PSCH-USERINFO", "PSC/va1.01", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source="[OIDC-CORE §5.3.2] OpenID Connect Core",
    when=("userinfo.sub-foreign",),
)
def sub_foreign(events: Events) -> Iterator[Said]:
    """UserInfo that speaks of another person than the ID token is refused."""
    yield from refused(events, "userinfo.sub-foreign")


@rule(
    "psc.refuses.ciba-access-denied",
    requires=["banc:PSCH-ERR", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source="[CIBA-CORE §11] OpenID CIBA",
    when=("ciba.access-denied",),
)
def access_denied(events: Events) -> Iterator[Said]:
    """When the person refuses on the phone, the product says so and signs nobody in."""
    yield from refused(events, "ciba.access-denied")


@rule(
    "psc.refuses.ciba-expired",
    requires=["banc:PSCH-ERR", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source="[CIBA-CORE §11] OpenID CIBA",
    when=("ciba.expired",),
)
def ciba_expired(events: Events) -> Iterator[Said]:
    """When a request expires unanswered, the product says so and signs nobody in."""
    yield from refused(events, "ciba.expired")


@rule(
    "psc.refuses.ciba-subject-foreign",
    requires=["banc:PSCH-ID-TOKEN", "PSC.01"],
    reads=REFUSAL_READS,
    basis="ours",
    trust="secondary",
    source="[BANC-READING person asked for] Ours; derived from [CIBA-CORE §10.1] OpenID CIBA",
    when=("ciba.subject-foreign",),
)
def subject_foreign(events: Events) -> Iterator[Said]:
    """Tokens of another person than the one asked for are refused."""
    yield from refused(events, "ciba.subject-foreign")


@rule(
    "psc.acr.higher-accepted",
    requires=["banc:PSCH-ACR"],
    reads=REFUSAL_READS,
    basis="ans",
    trust="secondary",
    source="[PSC-ISSUES issue 43] PSC returns eidas2 for a card since 2026",
    when=("id-token.acr-eidas2",),
)
def higher_acr(events: Events) -> Iterator[Said]:
    """An ID token that says `eidas2`, more than was asked for, lets the person in."""
    yield from accepted(events, "id-token.acr-eidas2")


@rule(
    "psc.userinfo.absent-members-survive",
    requires=["banc:PSCH-REFPRO"],
    reads=REFUSAL_READS,
    basis="ans",
    trust="secondary",
    source="[PSC-SYNAPSE userinfo] Capture of UserInfo: SubjectRefPro may be missing",
    when=("userinfo.no-subject-ref-pro",),
)
def absent_members(events: Events) -> Iterator[Said]:
    """An answer of UserInfo without `SubjectRefPro` lets the person in."""
    yield from accepted(events, "userinfo.no-subject-ref-pro")


@rule(
    "psc.ciba.slow-down-survived",
    requires=["banc:PSCH-CIBA-POLL", "PSC.01"],
    reads=REFUSAL_READS,
    basis="standard",
    trust="official",
    source="[CIBA-CORE §11] OpenID CIBA: polling goes on after slow_down",
    when=("ciba.slow-down",),
)
def slow_down_survived(events: Events) -> Iterator[Said]:
    """A product told to slow down goes on polling, and signs the person in."""
    yield from accepted(events, "ciba.slow-down")
