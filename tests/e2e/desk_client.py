"""A product on another desk, in a process tree of its own: it knows the exported folder only.

`python -I desk_client.py FOLDER ADDRESS [PHONE]` comes from ADDRESS and prints what it met as one
JSON object. Without PHONE, the address that opens the phone page, it is a stranger.
"""

import base64
import hashlib
import json
import secrets
import smtplib
import socket
import ssl
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import jwt
from lxml import html

FOLDER, HERE = Path(sys.argv[1]), sys.argv[2]
PHONE = sys.argv[3] if len(sys.argv) > 3 else None
PLACES = json.loads((FOLDER / "adresses.json").read_text(encoding="utf-8"))
CLIENT = json.loads((FOLDER / "client.json").read_text(encoding="utf-8"))
DOCTOR, COLLEAGUE = [
    person
    for person in json.loads((FOLDER / "identites.json").read_text(encoding="utf-8"))
    if person["kind"] == "professional"
][:2]
TRUST = ssl.create_default_context(cafile=FOLDER / "banc-ac.pem")
REDIRECT = PLACES["client"]["redirect_uris"][0]
SCOPE = {"scope": PLACES["scope"], "acr_values": "eidas1"}


def browser(trust: Any = TRUST) -> Any:
    transport = httpx2.HTTPTransport(verify=trust, local_address=HERE)
    return httpx2.Client(transport=transport, timeout=10)


def _tree(page: httpx2.Response) -> Any:
    return html.fromstring(page.text)


def submit(window: Any, page: Any, **fields: Any) -> Any:
    """Send the form of a page with these fields, as its button does."""
    form = _tree(page).find(".//form")
    hidden = {one.name: one.value for one in form.iter("input") if one.type == "hidden"}
    return window.post(urljoin(str(page.url), form.get("action")), data={**hidden, **fields})


def approve(phone: Any) -> Any:
    """Press the button of the phone page; gives the digits that it showed."""
    page = phone.get(PLACES["phone"])
    [digits] = _tree(page).xpath("//*[@data-testid='phone-digits']/text()")
    assert submit(phone, page, answer="approve").status_code == 303
    return digits


def tokens_by_code(product: Any, phone: Any, discovery: Mapping[str, Any]) -> Any:
    """A whole login by e-CPS: wallet pages, phone, callback, token, UserInfo."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = SCOPE | {
        "response_type": "code",
        "client_id": CLIENT["client_id"],
        "redirect_uri": REDIRECT,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    with browser() as window:
        page = window.get(discovery["authorization_endpoint"], params=asked)
        chosen = submit(
            window, page, step="choose", means="ecps", national_id=DOCTOR["national_id"]
        )
        wait = window.get(urljoin(str(page.url), chosen.headers["location"]))
        [shown] = _tree(wait).xpath("//*[@data-testid='wallet-digits']/text()")
        compared = approve(phone) == shown
        back = window.get(wait.url).headers["location"]
    query = dict(parse_qsl(urlsplit(back).query))
    assert compared and back.startswith(REDIRECT) and query["state"] == asked["state"]
    form = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": verifier,
    }
    tokens = product.post(discovery["token_endpoint"], data=form).raise_for_status().json()
    claims = verified(product, discovery, tokens["id_token"])
    assert claims["nonce"] == asked["nonce"]
    return tokens


def tokens_by_ciba(product: Any, phone: Any, discovery: Mapping[str, Any]) -> Any:
    """A login from a program: backchannel request, phone, one poll."""
    asked = SCOPE | {
        "login_hint": DOCTOR["national_id"],
        "binding_message": "42",
        "channel": "MOBILE",
    }
    address = discovery["backchannel_authentication_endpoint"]
    request = product.post(address, data=asked).raise_for_status().json()
    assert approve(phone) == "42"
    form = {
        "grant_type": "urn:openid:params:grant-type:ciba",
        "auth_req_id": request["auth_req_id"],
    }
    tokens = product.post(discovery["token_endpoint"], data=form).raise_for_status().json()
    verified(product, discovery, tokens["id_token"])
    return tokens


def verified(product: Any, discovery: Mapping[str, Any], id_token: str) -> Any:
    """The claims of an ID token whose signature, issuer and audience are right."""
    keys = jwt.PyJWKSet.from_dict(product.get(discovery["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(id_token)["kid"]]
    about = {"audience": CLIENT["client_id"], "issuer": PLACES["issuer"]}
    return jwt.decode(id_token, key, algorithms=["RS256"], **about)


def person_of(product: Any, discovery: Mapping[str, Any], tokens: Any) -> Any:
    header = {"authorization": f"Bearer {tokens['access_token']}"}
    return product.get(discovery["userinfo_endpoint"], headers=header, auth=None).json()


def submitted(access_token: str) -> Any:
    """Hand in a mail over STARTTLS with XOAUTH2; gives what a server without TLS on answered."""
    mail = EmailMessage()
    mail["From"], mail["To"] = DOCTOR["mailbox"], COLLEAGUE["mailbox"]
    mail["Subject"] = "Essai"
    mail.set_content("Bonjour.")
    with smtplib.SMTP(PLACES["host"], PLACES["smtp_port"], "poste", 10, (HERE, 0)) as smtp:
        smtp.ehlo()
        in_clear = smtp.docmd("AUTH", "XOAUTH2 dXNlcj0=")[0]
        smtp.starttls(context=TRUST)
        smtp.ehlo()
        line = f"user={DOCTOR['mailbox']}\x01auth=Bearer {access_token}\x01\x01"
        signed_in = smtp.docmd("AUTH", f"XOAUTH2 {base64.b64encode(line.encode()).decode()}")[0]
        smtp.send_message(mail)
    return in_clear, signed_in


def not_trusted_without_the_root() -> Any:
    try:
        with browser(ssl.create_default_context()) as window:
            window.get(PLACES["discovery"])
    except httpx2.ConnectError as error:
        return "CERTIFICATE_VERIFY_FAILED" in str(error)
    return False


def in_clear() -> Any:
    """Whatever the port of Pro Santé Connect answers to a request without TLS."""
    place = (PLACES["host"], PLACES["psc_port"])
    with socket.create_connection(place, 10, (HERE, 0)) as plain:
        plain.sendall(b"GET /phone HTTP/1.1\r\nHost: banc\r\n\r\n")
        return plain.recv(100).decode("latin-1")


def guest() -> Any:
    """Everything that a product and its person do."""
    met = {}
    auth = httpx2.BasicAuth(CLIENT["client_id"], CLIENT["client_secret"])
    with browser() as product, browser() as phone:
        met["without_token"] = [
            phone.get(PLACES[name]).status_code for name in ("phone", "control")
        ]
        met["opened"] = phone.get(PHONE, follow_redirects=True).status_code
        met["control_by_the_page"] = phone.get(PLACES["control"]).status_code
        discovery = product.get(PLACES["discovery"]).raise_for_status().json()
        product.auth = auth
        met["issuer"] = discovery["issuer"] == PLACES["issuer"]
        code = tokens_by_code(product, phone, discovery)
        met["code"] = person_of(product, discovery, code)["SubjectNameID"]
        ciba = tokens_by_ciba(product, phone, discovery)
        met["ciba"] = person_of(product, discovery, ciba)["SubjectNameID"]
    with browser() as other:
        met["opened_twice"] = other.get(PHONE).status_code
    met["smtp"] = submitted(ciba["access_token"])
    met["untrusted"] = not_trusted_without_the_root()
    met["in_clear"] = in_clear()
    met["doctor"] = DOCTOR["national_id"]
    return met


def stranger() -> dict[str, Any]:
    """What somebody meets whom the bench does not let in."""
    with browser() as window:
        names = ("discovery", "authorization", "phone", "control")
        answers = [window.get(PLACES[name]) for name in names]
    with socket.create_connection((PLACES["host"], PLACES["smtp_port"]), 10, (HERE, 0)) as plain:
        greeting = plain.recv(100).decode("latin-1")
    return {
        "statuses": [answer.status_code for answer in answers],
        "errors": sorted({answer.json()["error"] for answer in answers}),
        "greeting": greeting,
    }


met = guest() if PHONE else stranger()
met["ours"] = sorted({name.partition(".")[0] for name in sys.modules} & {"conformance", "mocks"})
print(json.dumps(met))
