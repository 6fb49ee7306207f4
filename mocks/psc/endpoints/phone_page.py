"""The phone page: the e-CPS application (and CPS-Gestion for cards) played in a browser."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

from starlette.responses import StreamingResponse

from mocks.psc.endpoints.mark_page import mark
from mocks.psc.endpoints.wallet import STREAM
from mocks.psc.http.access import require_own_origin, require_token
from mocks.psc.http.call import Answer, Call, Refused, redirect
from mocks.psc.http.rendering import page
from mocks.psc.tenant import Tenant


def phone(call: Call) -> Answer:
    """GET `/phone` (`?national_id=` shows one person's), POST an answer.

    GET `/phone/events` tells that something changed, `/phone/mark` shows the mark of a film.

    When a control token is set, `?control_token=` opens the page once and a cookie keeps it open.
    """
    cookie = require_token(call)
    if cookie is not None:
        answer = redirect(_own_path(call, call.query.get("national_id")), (), status=303)
        under_tls = call.request.url.scheme == "https"
        answer.response.set_cookie(
            "psc_control", cookie, httponly=True, samesite="strict", secure=under_tls
        )
        return answer
    if call.tail == "events":
        return Answer(_events(call.tenant), quiet=True)
    if call.tail == "mark":
        shown = mark(call.tenant, call.now)
        shown.quiet = True
        return shown
    if call.method == "POST":
        return _answered(call)
    opened, call.tenant.state.phone_opened = call.tenant.state.phone_opened, True
    national_id = call.query.get("national_id")
    answer = page(
        "phone.html",
        action=f"{call.tenant.prefix}/phone",
        pending=call.tenant.phone.pending(national_id),
        national_id=national_id,
    )
    answer.quiet = opened
    return answer


def _answered(call: Call) -> Answer:
    require_own_origin(call)
    said = call.form.get("answer")
    try:
        if said not in ("approve", "refuse"):
            raise KeyError("the answer must be approve or refuse")
        name = call.form.get("auth_req_id") or ""
        pending = call.tenant.phone.answer(name, approve=said == "approve")
    except KeyError as error:
        words = "Cette demande n'attend plus de réponse."
        raise Refused(
            page("error.html", 409, refused_for="not_pending", code="not_pending", words=words)
        ) from error
    call.facts.update(
        answer=said,
        kind=pending.kind,
        national_id=pending.national_id,
        client=pending.client,
        digits=pending.digits,
        auth_mode=pending.channel,
    )
    return redirect(_own_path(call, call.form.get("national_id")), (), status=303)


def _own_path(call: Call, national_id: str | None) -> str:
    query = f"?{urlencode({'national_id': national_id})}" if national_id else ""
    return f"{call.tenant.prefix}/phone{query}"


def _events(tenant: Tenant) -> StreamingResponse:
    """Says `changed` whenever the list of pending requests may have changed."""

    async def lines() -> AsyncIterator[bytes]:
        async with tenant.bell.listen() as changed:
            yield b"event: changed\ndata: 1\n\n"
            while not tenant.bell.closed:
                await changed.wait()
                changed.clear()
                yield b"event: changed\ndata: 1\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers=STREAM)
