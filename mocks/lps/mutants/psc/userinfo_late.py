"""UserInfo is read once the access token has expired."""

import threading
import time
from dataclasses import replace

from mocks.lps.parts import Parts
from mocks.lps.sign_in.person import Claims
from mocks.lps.sign_in.psc_client import PscClient, Tokens

row = "[IG-REST userinfo]"
breaks = {
    "fr": "Les données d’identité sont lues après l’expiration du jeton d’accès.",
    "en": "UserInfo is read after the access token has expired.",
}
expects = {"psc.userinfo.read-in-time": "broken"}
may = ("story.complete",)
shown_by = ("banc:psc-ciba-login",)
face = "desktop"


def late(client: PscClient, tokens: Tokens, claims: Claims) -> Claims:
    """Do other things first, until the token has expired."""
    threading.Event().wait(max(0.0, tokens.expires_at - time.monotonic()) + 1)
    return client.userinfo(tokens)


def apply(parts: Parts) -> Parts:
    """Read userinfo late."""
    return replace(parts, read_person=late)
