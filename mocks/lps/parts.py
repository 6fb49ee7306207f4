"""The single place where the product is put together.

Every behaviour is one field; a variant of the product is `dataclasses.replace(parts, field=…)` and
nothing else. `documents` holds the same for documents and mails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from joserfc.jwt import Token

from mocks.lps import id_token, psc_client, sign_in, terms
from mocks.lps.document_parts import DocumentParts
from mocks.lps.id_token import Keys, PscIdToken
from mocks.lps.person import Claims
from mocks.lps.psc_client import PscClient, Tokens
from mocks.lps.sign_in import EndSession
from mocks.lps.terms import Terms


@dataclass(frozen=True, slots=True)
class Parts:
    """The conformant defaults, by area."""

    documents: DocumentParts = field(default_factory=DocumentParts)
    terms: Callable[[], Terms] = terms.current_terms

    scope: str = sign_in.SCOPE
    assurance: Mapping[str, str] = field(default_factory=lambda: sign_in.ASSURANCE)
    new_state: Callable[[], str] = psc_client.fresh_value
    new_nonce: Callable[[], str] = psc_client.fresh_value
    new_verifier: Callable[[], str] = psc_client.fresh_verifier
    same_state: Callable[[str, str], bool] = sign_in.same_state

    read_signed: Callable[[str, Keys], Token] = id_token.read_signed
    id_token: type[PscIdToken] = PscIdToken
    read_person: Callable[[PscClient, Tokens, Claims], Claims] = sign_in.read_person
    same_person: Callable[[Claims, Claims, str | None], bool] = sign_in.same_person

    end_session: Callable[[EndSession], Mapping[str, str] | None] = sign_in.end_session
    when_idle: Callable[[Callable[[], None]], None] = sign_in.when_idle

    new_digits: Callable[[], str] = sign_in.new_digits
    shown_digits: Callable[[str], str] = sign_in.shown_digits
    wait_between_polls: Callable[[float], float] = sign_in.wait_between_polls
    after_slow_down: Callable[[float], float] = sign_in.after_slow_down
    goes_on_after: Callable[[str], bool] = sign_in.goes_on_after
