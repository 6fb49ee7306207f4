"""Builds the events of a story as mocks and drivers would record them; each detail can be bent."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from common.identities import COLLEAGUE, DOCTOR, PATIENTS
from conformance.checks.events import Documents, Events, ScenarioFacts
from conformance.checks.registry import Rule
from conformance.journal.events import BlobRef, Event

HOST = "https://localhost:8443"
CALLBACK = "https://localhost:9443/callback"
DOMAIN = "default.mss.test"
PATIENT_DOMAIN = "patient.default.mss.test"
MAILBOX = f"doctor@{DOMAIN}"
CIBA = "urn:openid:params:grant-type:ciba"


def secret(role: str, name: str, **more: object) -> dict[str, Any]:
    """What stands in the journal in the place of a secret."""
    return {"secret": role, "fp": f"fp-{name}", "length": len(name), **more}


def token(name: str, national_id: str, role: str = "access_token") -> dict[str, Any]:
    return secret(role, name, header={"alg": "RS256"}, claims={"sub": f"f:uuid:{national_id}"})


class Story:
    """One scenario told event by event on a clock of its own (seconds)."""

    def __init__(self, rule_facts: Mapping[str, Any] | None = None) -> None:
        self.facts: dict[str, Any] = {"id": "banc:example", "mode": "web", **(rule_facts or {})}
        self.items: list[Event] = []
        self.blobs: dict[str, bytes] = {}
        self.now = 1.0
        self.count = 0
        self.logins = 0
        self.issued = 0
        self.actions = 0
        self.mails = 0
        self.scenario = "banc:example"
        self.last_id_token: dict[str, Any] | None = None
        self.last_access: dict[str, Any] = {}
        self.tenant()

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def event(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        source: str = "psc",
        witness: str = "wire",
        blobs: Sequence[bytes] = (),
    ) -> Event:
        self.count += 1
        self.now += 0.001
        refs = []
        for octets in blobs:
            digest = hashlib.sha256(octets).hexdigest()
            self.blobs[digest] = octets
            refs.append(BlobRef("mail.eml", "message/rfc822", digest))
        event = Event(
            part="main",
            seq=self.count,
            at="",
            mono=int(self.now * 1e9),
            tenant="default",
            scenario=self.scenario,
            step=None,
            source=source,
            witness=witness,
            kind=kind,
            data=data,
            blobs=tuple(refs),
            prev="",
        )
        self.items.append(event)
        return event

    def events(self, rule: Rule) -> Events:
        """What the engine would hand to `rule`: the kinds it declared, and no others."""
        kinds = {word for word in rule.reads if ":" not in word}
        routes = {tuple(word.split(":", 1)) for word in rule.reads if ":" in word}
        chosen = [
            event
            for event in self.items
            if event.kind in kinds or (event.kind, event.data.get("route") or "") in routes
        ]
        facts = ScenarioFacts(**self.facts)
        return Events(chosen, facts, Documents(self.blobs.__getitem__), {facts.id: facts})

    # The tenant and the run

    def tenant(self, **changes: Any) -> None:
        people = [
            {"national_id": p.national_id, "given": p.given, "family": p.family}
            for p in (DOCTOR, COLLEAGUE)
        ]
        boxes = [
            {"address": MAILBOX, "owner": DOCTOR.national_id},
            {"address": f"amedee@{DOMAIN}", "owner": COLLEAGUE.national_id},
        ]
        patients = [{"ins": p.ins, "qualified": p.qualified} for p in PATIENTS]
        data = {
            "clients": [{"id": "lps", "redirect_uris": [CALLBACK]}],
            "people": people,
            "patients": patients,
            "mailboxes": boxes,
            "domain": DOMAIN,
            "patient_domain": PATIENT_DOMAIN,
            **changes,
        }
        self.event("tenant.opened", data, source="bench")

    def run_started(self, nil: str | None = "BANC000001") -> None:
        self.event("run.started", {"product": {"nil": nil}}, source="bench")

    # HTTP

    def exchange(
        self,
        route: str | None,
        *,
        url: str | None = None,
        query: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        status: int = 200,
        json: Any = None,
        redirect: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        refused_for: str | None = None,
    ) -> Event:
        self.now += 0.001
        began = int(self.now * 1e9)
        request: dict[str, Any] = {"headers": dict(headers or {})}
        if form:
            request["form"] = dict(form)
        response: dict[str, Any] = {"status": status, "headers": {}}
        if json is not None:
            response["json"] = json
        if redirect is not None:
            response["redirect"] = {"url": CALLBACK, "query": dict(redirect)}
        return self.event(
            "http.exchange",
            {
                "route": route,
                "method": "POST" if form else "GET",
                "url": url or f"{HOST}/{route}",
                "query": dict(query or {}),
                "request": request,
                "response": response,
                "began": began,
                "ended": began + 500_000,
                "cut": False,
                "refused_for": refused_for,
                "facts": dict(facts or {}),
            },
        )

    def authorize(
        self, url: str | None = None, silent: bool = False, status: int = 200, **ask: Any
    ) -> dict[str, Any]:
        """An authorization request; a parameter given as None is left out. Gives what was sent."""
        self.logins += 1
        n = self.logins
        sent = {
            "response_type": "code",
            "client_id": "lps",
            "redirect_uri": CALLBACK,
            "scope": "openid scope_all",
            "acr_values": "eidas1",
            "state": f"state-{n}-abcdefghijklmnopqrstuv",
            "nonce": f"nonce-{n}-abcdefghijklmnopqrstuv",
            "code_challenge": f"challenge-{n}",
            "code_challenge_method": "S256",
            **ask,
        }
        sent = {name: value for name, value in sent.items() if value is not None}
        code = {"code": secret("code", f"code-{n}"), "state": sent.get("state", "")}
        self.exchange(
            "authorize",
            url=url or f"{HOST}/auth",
            query=sent,
            status=302 if silent else status,
            redirect=code if silent else None,
            facts={"sso": silent, "silent": silent},
        )
        if not silent and status == 200:
            self.wait(1)
            self.exchange("wallet", status=302, redirect=code)
        return sent

    def redeem(
        self,
        *,
        person: str = DOCTOR.national_id,
        headers: Mapping[str, Any] | None = None,
        lifetime: int = 120,
        verifier: Mapping[str, Any] | None = None,
        drop_verifier: bool = False,
        **form: Any,
    ) -> None:
        n = self.logins
        proof = secret("code_verifier", "v", length=64, s256=f"challenge-{n}", alphabet=True)
        proof["length"] = 64
        sent = {
            "grant_type": "authorization_code",
            "code": secret("code", f"code-{n}"),
            "code_verifier": {**proof, **(verifier or {})},
            **form,
        }
        if drop_verifier:
            del sent["code_verifier"]
        self.exchange(
            "token",
            form=sent,
            headers=basic() if headers is None else headers,
            json=self.tokens(person, lifetime),
        )

    def tokens(self, person: str, lifetime: int = 120) -> dict[str, Any]:
        self.issued += 1
        n = self.issued
        self.last_access = token(f"access-{n}", person)
        self.last_id_token = token(f"id-{n}", person, "id_token")
        return {
            "access_token": self.last_access,
            "refresh_token": secret("refresh_token", f"refresh-{n}"),
            "id_token": self.last_id_token,
            "expires_in": lifetime,
        }

    def userinfo(self, access: Any = None, status: int = 200, activities: int = 1) -> None:
        bearer = {"scheme": "Bearer", "token": access or self.last_access}
        data = {
            "SubjectNameID": DOCTOR.national_id,
            "SubjectRefPro": {"exercices": [{"activities": [{}] * activities}]},
        }
        json = data if status == 200 else {"error": "invalid_token"}
        self.exchange("userinfo", headers={"authorization": bearer}, status=status, json=json)

    def login(self, person: str = DOCTOR.national_id, activities: int = 1, **ask: Any) -> None:
        """A whole conformant code login."""
        self.authorize(**ask)
        self.redeem(person=person)
        self.userinfo(activities=activities)

    def logout_request(self, hint: Any = "last") -> None:
        query = {}
        if hint == "last":
            query = {"id_token_hint": self.last_id_token}
        elif hint is not None:
            query = {"id_token_hint": hint}
        self.exchange("logout", query=query)

    # CIBA

    def ciba(
        self,
        interval: int | None = 2,
        headers: Mapping[str, Any] | None = None,
        status: int = 200,
        **ask: Any,
    ) -> None:
        self.logins += 1
        sent = {
            "scope": "openid scope_all",
            "acr_values": "eidas1",
            "login_hint": DOCTOR.national_id,
            "binding_message": f"{40 + self.logins}",
            "channel": "MOBILE",
            **ask,
        }
        given = {"auth_req_id": secret("auth_req_id", f"req-{self.logins}"), "expires_in": 120}
        if interval is not None:
            given["interval"] = interval
        self.exchange(
            "ciba",
            form={name: value for name, value in sent.items() if value is not None},
            headers=basic() if headers is None else headers,
            status=status,
            json=given if status == 200 else {"error": "invalid_request"},
        )

    def poll(
        self, error: str | None = None, person: str = DOCTOR.national_id, status: int = 400
    ) -> None:
        form = {"grant_type": CIBA, "auth_req_id": secret("auth_req_id", f"req-{self.logins}")}
        json = {"error": error} if error else self.tokens(person)
        self.exchange(
            "token", form=form, headers=basic(), status=status if error else 200, json=json
        )

    def polls(self, *errors: str | None, every: float = 2.0) -> None:
        for error in errors:
            self.wait(every)
            self.poll(error)

    # The product

    def act(
        self,
        name: str,
        outcome: str = "done",
        values: Mapping[str, Any] | None = None,
        during: Any = None,
        **arguments: Any,
    ) -> Event:
        """One action; what `during` does happens before its outcome."""
        self.actions += 1
        about = {"n": self.actions, "name": name, "face": "web"}
        self.event(
            "action.started", {**about, "arguments": arguments}, source="ui", witness="screen"
        )
        self.wait(0.1)
        if during is not None:
            during()
        data = {**about, "outcome": outcome, "values": dict(values or {})}
        return self.event("action.finished", data, source="ui", witness="screen")

    def see(
        self, what: str, text: str = "", present: bool = True, ready: bool = True, **values: Any
    ) -> Event:
        self.wait(0.1)
        data = {"what": what, "present": present, "text": text, "values": values, "ready": ready}
        return self.event("ui.seen", data, source="ui", witness="screen")

    def fired(self, name: str, *taints: Mapping[str, Any]) -> None:
        data = {
            "name": name,
            "value": None,
            "occurrence": 1,
            "expected": "refuse",
            "taints": list(taints),
        }
        self.event("fault.fired", data)

    # Mail

    def smtp(self, verb: str, *, tls: bool = True, connection: str = "c1", **more: Any) -> None:
        data = {
            "connection": connection,
            "n": 1,
            "tls": tls,
            "verb": verb,
            "line": more.pop("line", verb),
            "reply": more.pop("reply", "250 OK"),
            "auth": more.pop("auth", None),
        }
        self.event("smtp.command", data, source="smtp")

    def auth(
        self,
        access: Any = None,
        *,
        tls: bool = True,
        user: str = MAILBOX,
        mechanism: str = "XOAUTH2",
        connection: str = "c1",
        reply: str = "235 OK",
    ) -> None:
        access = self.last_access if access is None else access
        self.smtp(
            "AUTH",
            tls=tls,
            connection=connection,
            line=f"AUTH {mechanism} ⟦access_token {access['fp']}⟧",
            reply=reply,
            auth={"mechanism": mechanism, "user": user, "token": access},
        )

    def mail(
        self, octets: bytes, *to: str, notify: str | None = None, mailbox: str = MAILBOX
    ) -> None:
        self.mails += 1
        self.wait(0.1)
        data = {
            "connection": "c1",
            "via": "smtp",
            "mailbox": mailbox,
            "envelope": {
                "from": mailbox,
                "to": [{"address": a, "notify": notify} for a in to or (f"amedee@{DOMAIN}",)],
            },
            "size": len(octets),
            "message_id": None,
        }
        self.event("mail.accepted", data, source="smtp", blobs=[octets])


def basic() -> dict[str, Any]:
    """The header of a client that authenticates."""
    return {
        "authorization": {
            "scheme": "Basic",
            "client_id": "lps",
            "secret": secret("client_secret", "s"),
        }
    }
