"""The mocks stood up for a product that nobody here starts, until somebody ends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from common.recording import Recorder
from conformance.errors import NotReady
from conformance.locale import _, phrase
from conformance.locale.system import reason_of
from conformance.plan.listening import Listening
from conformance.stage.services.registration import (
    CLIENT_ID,
    ClientRegistration,
    registration_of,
)
from conformance.stage.services.surroundings import Mocks
from mocks.mssante.fault_table import FAULTS as MAIL_FAULTS
from mocks.pki.authority import AuthorityFault
from mocks.psc.fault_table import FAULTS as PSC_FAULTS

if TYPE_CHECKING:
    from conformance.plan import Plan


CLIENT = ClientRegistration(CLIENT_ID, "both", (), ())
"""The product, when no `banc.toml` describes it."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What is to be served: where, to which client, with which lifetimes, with which faults."""

    listening: Listening
    client: ClientRegistration
    lifetimes: str = "official"
    faults: tuple[str, ...] = ()


@contextmanager
def served(wanted: ServeOptions, recorder: Recorder, keys: Path) -> Iterator[Mocks]:
    """The mocks, up and answering, taken down at the end.

    `wanted` was checked before (`listening.problems`, `require_here`); `keys` is the user's
    folder of what lasts. Raises `NotReady`, in one sentence, when they cannot be brought up.
    """
    mocks = _up(wanted, recorder, keys)
    try:
        mocks.open(wanted.client)
        mocks.reset(wanted.lifetimes)
        for fault in wanted.faults:
            name, _equals, value = fault.partition("=")
            mocks.arm(name, value or None)
        yield mocks
    finally:
        mocks.stop()


def client_of(plan: "Plan", *, known: bool) -> ClientRegistration:
    """The client of a plan; nobody starts its faces here, so they have the ports they have.

    Raises `NotReady` when a redirect URI must be `known` and leaves its port to the bench.
    """
    client = registration_of(plan, lambda face: {"address": face.address})
    uris = (*client.redirect_uris, *client.post_logout_redirect_uris)
    for uri in (uri for uri in uris if "{" in uri and known):
        said = _("{path}: {value} is filled in for a product that the bench starts: expected {key}")
        about = {"path": plan.name, "value": uri, "key": "--redirect-uri"}
        raise NotReady(said.format(**about))
    whole = tuple(uri for uri in client.post_logout_redirect_uris if "{" not in uri)
    return replace(client, post_logout_redirect_uris=whole)


def problems_of_uris(key: str, asked: tuple[str, ...]) -> Iterator[str]:
    """One sentence for each redirect URI that is none (absolute, no fragment) [RFC 6749 §3.1.2]."""
    for uri in asked:
        parts = urlsplit(uri)
        if not (uri.isprintable() and " " not in uri and parts.scheme and not parts.fragment):
            said = _("{key} {value}: expected an absolute URI without fragment, such as {example}")
            yield said.format(key=key, value=repr(uri), example="https://produit.test/retour")


def problems_of_faults(asked: tuple[str, ...]) -> Iterator[str]:
    """One sentence for each fault (`NAME` or `NAME=VALUE`) that no mock knows."""
    known = [*PSC_FAULTS, *MAIL_FAULTS]
    for fault in asked:
        name = fault.partition("=")[0]
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = phrase(" (did you mean {name}?)", name=near[0]) if near else ""
            said = _("{key} {value}: no such fault{hint}, expected among {known}")
            names = ", ".join(sorted(known))
            yield said.format(key="--fault", value=name, hint=hint, known=names)


def _up(wanted: ServeOptions, recorder: Recorder, keys: Path) -> Mocks:
    mocks = Mocks(recorder, keys, wanted.listening, lasting=True)
    try:
        mocks.start()
    except OSError as error:
        place = error.filename or wanted.listening.listen
        raise NotReady(f"{place}: {reason_of(error)}") from error
    except (AuthorityFault, ValueError) as error:
        raise NotReady(str(error)) from error
    return mocks
