"""What every mail must carry in its headers and body [MSS-REF2]."""

import re
from collections.abc import Iterator
from itertools import pairwise

from conformance.checks.events import Events
from conformance.checks.observed.exchanges import tenant_of
from conformance.checks.observed.mails import MAIL_READS, SentMail, sent_mails
from conformance.checks.registry import Said, broken, held, held_if, rule, unclear
from conformance.documents.ins import ins_fault
from conformance.documents.mail import Mail, Part
from conformance.documents.pdf import normalise

_MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
_INS_LIKE = re.compile(r"(?<![0-9])[12][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{8}(?![0-9])")


def _readable(events: Events) -> Iterator[tuple[SentMail, Mail]]:
    for sent in sent_mails(events):
        if sent.mail is not None:
            yield sent, sent.mail


@rule(
    "mss.mail.from-is-mailbox",
    requires=["ECO.2.2.7"],
    reads=MAIL_READS,
    basis="ans",
    trust="secondary",
    source="[MSS-REF2 ECO.2.2.7] Référentiel MSSanté 2; [MSS-VENDOR From] a mistake that was met",
)
def from_is_mailbox(events: Events) -> Iterator[Said]:
    """The From header has one address, that of the mailbox the session was opened for."""
    for sent, mail in _readable(events):
        mailbox = str(sent.event.data["mailbox"] or "")
        if mailbox:
            shown = [sender.address.lower() for sender in mail.sender]
            yield held_if(shown == [mailbox.lower()], sent.name, [sent.event], shown=[*shown])


@rule(
    "mss.mail.display-name",
    requires=["ECO.2.2.7"],
    reads=(*MAIL_READS, "tenant.opened"),
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.16] ANS, wave 1; [MSS-REF2 ECO.2.2.7] MSSanté 2, its form",
)
def display_name(events: Events) -> Iterator[Said]:
    """The sender has a meaningful label: the person's given name and NAME, or the entity's name."""
    people = {p["national_id"]: p for p in tenant_of(events).get("people", [])}
    owners = {
        str(box["address"]).lower(): box.get("owner")
        for box in tenant_of(events).get("mailboxes", [])
    }
    for sent, mail in _readable(events):
        shown = mail.sender[0].name.strip() if mail.sender else ""
        subject, seen = sent.name, [sent.event]
        person = people.get(owners.get(str(sent.event.data["mailbox"] or "").lower()))
        if not shown or "@" in shown:
            yield broken(subject, seen, defect="absent")
        elif person is None:
            yield held(subject, seen, shown=shown)
        elif not _names(shown, person):
            yield broken(subject, seen, defect="other-name", shown=shown)
        elif not _has_form(shown, person):
            yield unclear(subject, seen, shown=shown)
        else:
            yield held(subject, seen, shown=shown)


def _names(shown: str, person: dict[str, str]) -> bool:
    plain = normalise(shown)
    return normalise(person["given"]) in plain and normalise(person["family"]) in plain


def _has_form(shown: str, person: dict[str, str]) -> bool:
    """`[Titre_]Prenom_NOM[_Entité]`, NOM in upper case."""
    pieces = [piece.strip() for piece in shown.split("_")]
    wanted = (normalise(person["given"]), normalise(person["family"]))
    for given, family in pairwise(pieces):
        if (normalise(given), normalise(family)) == wanted:
            return family == family.upper()
    return False


@rule(
    "mss.mail.message-id",
    requires=["ECO.2.2.1"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.12] ANS catalogue of wave 1; [RFC 5322 §3.6.4] Message-ID",
)
def message_id(events: Events) -> Iterator[Said]:
    """Every mail has one valid Message-ID of its own, which reveals no patient."""
    known: dict[str, SentMail] = {}
    for sent, mail in _readable(events):
        values = mail.raw("message-id")
        subject, seen = sent.name, [sent.event]
        value = mail.message_id or ""
        if len(values) != 1:
            yield broken(subject, seen, defect="absent" if not values else "repeated")
        elif not _MESSAGE_ID.fullmatch(value.strip()):
            yield broken(subject, seen, defect="form")
        elif _INS_LIKE.search(value):
            yield broken(subject, seen, defect="patient")
        elif value in known:
            yield broken(subject, [known[value].event, sent.event], defect="reused")
        else:
            known[value] = sent
            yield held(subject, seen)


@rule(
    "mss.mail.body",
    requires=["ECO.2.2.4"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.11] ANS working catalogue of wave 1",
)
def body(events: Events) -> Iterator[Said]:
    """The body is text/plain, or multipart/alternative that offers text/plain."""
    for sent, mail in _readable(events):
        part = _body_of(mail.root)
        if part is None:
            yield broken(sent.name, [sent.event], defect="absent")
            continue
        plain = part.media_type == "text/plain" or (
            part.media_type == "multipart/alternative"
            and any(child.media_type == "text/plain" for child in part.walk())
        )
        yield held_if(plain, sent.name, [sent.event], type=part.media_type)


def _body_of(part: Part) -> Part | None:
    """The first part that is shown: the root, or what a multipart/mixed or related begins with."""
    if part.media_type in ("multipart/mixed", "multipart/related", "multipart/signed"):
        return _body_of(part.children[0]) if part.children else None
    if part.disposition == "attachment":
        return None
    return part


@rule(
    "mss.mail.utf8",
    requires=["ECO.2.2.3"],
    reads=MAIL_READS,
    basis="ans",
    trust="secondary",
    source="[MSS-REF2 ECO.2.2.3] Référentiel MSSanté 2",
)
def utf8(events: Events) -> Iterator[Said]:
    """Text parts of the body are declared as UTF-8, and are UTF-8."""
    for sent, mail in _readable(events):
        texts = [
            part
            for part in mail.leaves
            if part.media_type.startswith("text/") and part.disposition != "attachment"
        ]
        other = [part for part in texts if part.charset not in ("utf-8", "us-ascii", None)]
        invalid = [part for part in texts if not _is_utf8(part)]
        if other:
            charset = str(other[0].charset)
            yield broken(sent.name, [sent.event], defect="charset", charset=charset)
        elif invalid:
            yield broken(sent.name, [sent.event], defect="octets")
        elif texts:
            yield held(sent.name, [sent.event])


def _is_utf8(part: Part) -> bool:
    """Whether the octets are what they are said to be; no charset means ASCII [RFC 2045 §5.2]."""
    try:
        part.octets.decode("utf-8" if part.charset == "utf-8" else "ascii")
    except UnicodeDecodeError:
        return False
    return True


@rule(
    "mss.mail.x-mss-nil",
    requires=["ECO.2.4.3"],
    reads=(*MAIL_READS, "run.started"),
    basis="ans",
    trust="secondary",
    source="[CATALOGUE-W2 SC.MSS/CONF.16] ANS draft of wave 2; [MSS-REF2 ECO.2.4.3] MSSanté 2",
)
def x_mss_nil(events: Events) -> Iterator[Said]:
    """Every mail carries the product's reference in X-MSS-NIL."""
    run = events.first("run.started")
    expected = str((run.data["product"].get("nil") if run else None) or "")
    for sent, mail in _readable(events):
        values = [value.decode("ascii", "replace") for value in mail.raw("x-mss-nil")]
        subject, seen = sent.name, [sent.event]
        if len(values) != 1 or not values[0]:
            yield broken(subject, seen, defect="absent" if not any(values) else "repeated")
        elif expected:
            yield held_if(values == [expected], subject, seen, expected=expected, actual=values[0])
        else:
            yield unclear(subject, seen, actual=values[0])


@rule(
    "mss.mail.patient-address",
    requires=["ECO.2.2.6"],
    reads=(*MAIL_READS, "tenant.opened"),
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.19] ANS, wave 1; [IG-MAIL patient address] ANS volume, its form",
)
def patient_address(events: Events) -> Iterator[Said]:
    """A patient's address is a qualified INS: that of the document, if there is one."""
    tenant = tenant_of(events)
    domain = str(tenant.get("patient_domain", "")).lower()
    qualified = {p["ins"] for p in tenant.get("patients", []) if p.get("qualified")}
    for sent in sent_mails(events):
        locals_ = [a.rpartition("@")[0] for a in sent.recipients if a.endswith(f"@{domain}")]
        if not domain or not locals_:
            continue
        own = {cda.patient.ins.extension for cda in sent.contents.cdas if cda.patient.ins}
        defects = {_address_defect(local.upper(), qualified, own) for local in locals_} - {None}
        if defects:
            yield broken(sent.name, [sent.event], defect=min(str(d) for d in defects))
        else:
            yield held(sent.name, [sent.event])


def _address_defect(local: str, qualified: set[str], own: set[str | None]) -> str | None:
    if ins_fault(local):
        return "form"
    if local not in qualified:
        return "unqualified"
    return "other-patient" if own and local not in own else None


@rule(
    "mss.mail.dsn-asked",
    requires=["ECO.2.3.1"],
    reads=MAIL_READS,
    basis="ans",
    trust="official",
    source="[CATALOGUE-W1 MSS/va1.15] ANS catalogue of wave 1; [RFC 3461 §4.1] NOTIFY",
)
def dsn_asked(events: Events) -> Iterator[Said]:
    """Some mail asks for a delivery receipt (NOTIFY, Return-Receipt-To), else a person looks."""
    mails = list(_readable(events))
    asking = [sent for sent, mail in mails if _asks_dsn(sent, mail)]
    if asking:
        yield held("mails", [asking[0].event])
    elif mails:
        yield unclear("mails", [sent.event for sent, _ in mails])


def _asks_dsn(sent: SentMail, mail: Mail) -> bool:
    asked = " ".join(str(entry.get("notify") or "") for entry in sent.event.data["envelope"]["to"])
    return "SUCCESS" in asked.upper() or bool(mail.raw("return-receipt-to"))
