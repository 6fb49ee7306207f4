"""How the product is registered at Pro Santé Connect."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.errors import NotReady
from conformance.locale import _

if TYPE_CHECKING:
    from conformance.plan import Face, Plan


@dataclass(frozen=True, slots=True)
class ClientRegistration:
    """How the product is known to the mock PSC: redirect URIs are exact strings."""

    client_id: str
    authentication: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]


CLIENT_ID = "banc-lps"
"""Of a product whose `banc.toml` names none."""


def registration_of(
    plan: "Plan", places: Callable[["Face"], Mapping[str, str]]
) -> ClientRegistration:
    """The client of all its faces; `places` gives what `{…}` stands for in those of a face.

    Raises `NotReady` when the faces do not agree on the client.
    """
    named = {face.client_id for face in plan.faces if face.client_id}
    if len(named) > 1:
        said = _("{path}: client_id differs between faces ({values}), expected a single one")
        raise NotReady(said.format(path=plan.name, values=", ".join(sorted(named))))
    methods = {face.client_authentication for face in plan.faces}
    filled = [(face, places(face)) for face in plan.faces]
    return ClientRegistration(
        client_id=next(iter(named), CLIENT_ID),
        authentication=methods.pop() if len(methods) == 1 else "both",
        redirect_uris=_uris((uri, there) for face, there in filled for uri in face.redirect_uris),
        post_logout_redirect_uris=_uris(
            (uri, there) for face, there in filled for uri in face.post_logout_redirect_uris
        ),
    )


def _uris(asked: Iterable[tuple[str, Mapping[str, str]]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_filled(uri, places) for uri, places in asked))


def _filled(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace("{" + name + "}", value)
    return text
