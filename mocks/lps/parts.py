"""The single place where the product is put together.

Every behaviour is one field; a variant of the product is `dataclasses.replace(parts, field=…)` and
nothing else. `documents` holds the same for documents and mails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from joserfc.jwt import Token

from common.identities import Practice, Professional
from mocks.lps.document_parts import DocumentParts
from mocks.lps.sign_in import decisions as sign_in
from mocks.lps.sign_in import id_token, psc_client, terms
from mocks.lps.sign_in.decisions import EndSession, ShownIdentity, SignInRefused
from mocks.lps.sign_in.id_token import Keys, PscIdToken
from mocks.lps.sign_in.person import Claims
from mocks.lps.sign_in.psc_client import Attempt, PscClient, Tokens
from mocks.lps.sign_in.terms import Terms


@dataclass(frozen=True, slots=True)
class Parts:
    """The conformant defaults, by area."""

    documents: DocumentParts = field(default_factory=DocumentParts)
    terms: Callable[[], Terms] = terms.current_terms

    button: str = sign_in.BUTTON
    discovery_address: Callable[[str], str] = sign_in.discovery_address
    client_authentication: str = "client_secret_basic"
    authorization_endpoint: Callable[[Claims], str] = sign_in.authorization_endpoint
    authorization_request: Callable[[Attempt, str], Mapping[str, str]] = (
        sign_in.authorization_request
    )
    new_state: Callable[[], str] = psc_client.fresh_value
    new_nonce: Callable[[], str] = psc_client.fresh_value
    new_verifier: Callable[[], str] = psc_client.fresh_verifier
    same_state: Callable[[str, str], bool] = sign_in.same_state

    exchange: Callable[[PscClient, str, Attempt], Tokens] = sign_in.exchange
    read_signed: Callable[[str, Keys], Token] = id_token.read_signed
    id_token: type[PscIdToken] = PscIdToken
    read_person: Callable[[PscClient, Tokens, Claims], Claims] = sign_in.read_person
    same_person: Callable[[Claims, Claims, str | None], bool] = sign_in.same_person

    shown_identity: Callable[[Professional], ShownIdentity] = sign_in.shown_identity
    practices_offered: Callable[[Professional], tuple[Practice, ...]] = sign_in.practices_offered
    refusal_shown: Callable[[SignInRefused], str] = sign_in.refusal_shown

    end_session: Callable[[EndSession], Mapping[str, str] | None] = sign_in.end_session
    when_idle: Callable[[Callable[[], None]], None] = sign_in.when_idle

    backchannel_request: Callable[[str, str, str], Mapping[str, str]] = sign_in.backchannel_request
    new_digits: Callable[[], str] = sign_in.new_digits
    shown_digits: Callable[[str], str] = sign_in.shown_digits
    wait_between_polls: Callable[[float], float] = sign_in.wait_between_polls
    after_slow_down: Callable[[float], float] = sign_in.after_slow_down
    goes_on_after: Callable[[str], bool] = sign_in.goes_on_after


def with_documents(parts: Parts, **changes: Any) -> Parts:
    """The parts with other ways for documents and mails; `changes` are fields of `documents`."""
    return replace(parts, documents=replace(parts.documents, **changes))
