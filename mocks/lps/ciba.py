"""Signing in without a browser: the CIBA poll client [CIBA-CORE] [PSC-CIBA].

One `CibaLogin` is one attempt, with one request id and one pair of digits; a new attempt makes a
new one. It polls on a thread of its own and can be cancelled at any moment.
"""

import logging
import threading
import time
from typing import Literal

from mocks.lps.parts import Parts
from mocks.lps.sign_in.decisions import SignedIn, SignInRefused, refusal, refusal_for
from mocks.lps.sign_in.psc_client import CibaRequest, PscClient, PscError, PscUnavailable, Tokens
from mocks.lps.sign_in_flow import complete

log = logging.getLogger("lps.ciba")

Means = Literal["cps", "ecps"]
State = Literal["waiting", "connected", "refused", "cancelled"]

CHANNELS: dict[Means, str] = {"cps": "CARD", "ecps": "MOBILE"}
CANCELLED = "Vous avez annulé l’identification."


class CibaLogin:
    """One attempt to sign in `national_id` with `means`. Raises `SignInRefused` when it starts."""

    def __init__(self, client: PscClient, parts: Parts, national_id: str, means: Means) -> None:
        self._client = client
        self._parts = parts
        self._national_id = national_id
        self._cancelled = threading.Event()
        self._settled = threading.Event()
        self.digits = parts.new_digits()
        self.state: State = "waiting"
        self.message = ""
        self.signed_in: SignedIn | None = None
        self._request = self._ask(means)
        self.expires_in = self._request.expires_in
        threading.Thread(target=self._run, name="ciba-poll", daemon=True).start()

    def cancel(self) -> None:
        """Stop polling; the attempt is over."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the attempt is over; false if it is still waiting after `seconds`."""
        return self._settled.wait(seconds)

    def _ask(self, means: Means) -> CibaRequest:
        form = self._parts.backchannel_request(self._national_id, self.digits, CHANNELS[means])
        try:
            return self._client.start_ciba(form)
        except (PscError, PscUnavailable) as error:
            raise refusal(error) from error

    def _run(self) -> None:
        try:
            tokens = self._poll()
            if tokens is None:
                self._settle("cancelled", CANCELLED)
                return
            signed_in = complete(self._client, self._parts, tokens, None, self._national_id)
        except SignInRefused as refused:
            log.warning("ciba refused code=%s person=%s", refused.code, self._national_id)
            self._settle("refused", self._parts.refusal_shown(refused))
        except Exception:
            log.exception("ciba failed person=%s", self._national_id)
            self._settle("refused", "Une erreur interne a interrompu l’identification.")
            raise
        else:
            self.signed_in = signed_in
            self._settle("connected", "")

    def _settle(self, state: State, message: str) -> None:
        self.message = message
        self.state = state
        self._settled.set()

    def _poll(self) -> Tokens | None:
        deadline = time.monotonic() + self._request.expires_in
        interval = self._request.interval
        while True:
            pause = self._parts.wait_between_polls(interval)
            if self._cancelled.wait(min(pause, deadline - time.monotonic())):
                return None
            if time.monotonic() >= deadline:
                raise refusal_for("expired_token")
            try:
                return self._client.poll(self._request)
            except PscUnavailable:
                log.warning("ciba poll unanswered person=%s", self._national_id)
            except PscError as error:
                if not self._parts.goes_on_after(error.code):
                    raise refusal(error) from error
                if error.code == "slow_down":
                    interval = self._parts.after_slow_down(interval)
