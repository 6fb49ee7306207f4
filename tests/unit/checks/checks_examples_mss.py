"""For each rule about mails and documents: a story it accepts, and stories it refuses."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

from common.identities import COLLEAGUE, DOCTOR
from tests.unit.checks.checks_documents import LABEL, SENDER, TITLE, Doc, archive, letter, pdf
from tests.unit.checks.checks_story import DOMAIN, MAILBOX, PATIENT_DOMAIN, Story, token

Tell = Callable[[Story], object]
Refused = tuple[Tell, str, str | None]

ONE = Doc()
TWO = ONE.next()
THREE = replace(TWO.next(), id="2.25.1003")
SECOND = replace(ONE, id="2.25.2001", set_id="2.25.88", code="34133-9", label="Synthese")
BOTH_SUBJECT = "XDM/1.0/DDM+2 documents PAT-TROIS DOMINIQUE"
ALICE, BOB = f"amedee@{DOMAIN}", f"leonie@{DOMAIN}"
PATIENT = f"{ONE.ins}@{PATIENT_DOMAIN}"
EVERYBODY = (ALICE, BOB, PATIENT)


def mail(*docs: Doc, to: tuple[str, ...] = (ALICE,), **how: Any) -> Tell:
    notify = how.pop("notify", None)

    def tell(s: Story) -> None:
        s.run_started()
        s.mail(letter(*docs, **how), *to, notify=notify)

    return tell


def raw(octets: bytes) -> Tell:
    return lambda s: s.mail(octets)


def documents(**how: Any) -> Tell:
    return mail(ONE, **how)


def bent(**changes: Any) -> Tell:
    """A mail whose one document differs from the good one."""
    return mail(replace(ONE, **changes))


def metadata(**entry: str) -> Tell:
    """A mail whose metadata say something else of a good document."""
    return bent(entry=entry)


def both(**how: Any) -> Tell:
    given = {"Subject": BOTH_SUBJECT, "pdf_name": "x.pdf", **how}
    return mail(ONE, SECOND, **given)


def sent_bare(s: Story) -> None:
    s.act("send_document", document_id="d1", during=lambda: s.mail(letter()))


def _the_same_twice(s: Story) -> None:
    for _ in range(2):
        s.mail(letter(number=1))


def life(
    *,
    second: Doc | None = TWO,
    third: Doc | None = None,
    first: Doc = ONE,
    answer: str = "accept",
    told: tuple[str, ...] | None = EVERYBODY,
    told_of_deletion: tuple[str, ...] | None = EVERYBODY,
    offered: bool = True,
    offered_deletion: bool = True,
    looks: bool = True,
    unasked: bool = False,
    added: str | None = None,
) -> Tell:
    """Sent to two professionals and the patient, replaced (perhaps twice), then deleted."""

    def change(s: Story, act: str, doc: Doc, ids: tuple[str, str], shown: bool, to: Any) -> None:
        offer = {"shown": shown, "recipients": list(EVERYBODY)}
        told_now = lambda: s.mail(letter(doc, number=s.mails + 1), *to)  # noqa: E731 - a gesture
        values = {"offer": offer, "document_id": ids[1]}
        s.act(act, values=values, document_id=ids[0], during=told_now if unasked else None)
        if looks:
            s.see("notify-offer", present=shown)
        if shown:
            s.act("answer_offer", answer=answer, during=told_now if to and not unasked else None)

    def tell(s: Story) -> None:
        sent = lambda: s.mail(letter(first), *EVERYBODY)  # noqa: E731 - a gesture
        s.act("send_document", document_id="d1", during=sent)
        last, last_id = first, "d1"
        if second is not None:
            change(s, "replace_document", second, ("d1", "d2"), offered, told)
            last, last_id = second, "d2"
        if added:
            resent = lambda: s.mail(letter(last, number=70), added)  # noqa: E731 - a gesture
            s.act("send_document", document_id=last_id, during=resent)
        if third is not None:
            change(s, "replace_document", third, ("d2", "d3"), offered, told)
            last, last_id = third, "d3"
        ids = (last_id, last_id)
        change(s, "delete_document", last, ids, offered_deletion, told_of_deletion)

    return tell


DECLINED = life(answer="decline", told=None, told_of_deletion=None)


def smtp(*verbs: tuple[str, bool]) -> Tell:
    def tell(s: Story) -> None:
        for verb, tls in verbs:
            s.smtp(verb, tls=tls)

    return tell


def opened(wait: float = 1, person: str = DOCTOR.national_id, **how: Any) -> Tell:
    def tell(s: Story) -> None:
        s.login(person=person)
        s.wait(wait)
        s.auth(**how)

    return tell


def refreshed_after_refusal(s: Story) -> None:
    s.login()
    s.wait(200)
    s.auth(reply="535 5.7.8 no")
    s.redeem()
    s.auth(connection="c2")


def two_steps(s: Story) -> None:
    """AUTH without initial response, then the token."""
    s.login()
    alone = {"mechanism": "XOAUTH2", "user": None, "token": None}
    s.smtp("AUTH", line="AUTH XOAUTH2", reply="334 ", auth=alone)
    s.auth()


def handshake(version: str) -> Tell:
    return lambda s: s.event("tls.handshake", {"ok": True, "version": version}, source="smtp")


def zip_without(name: str) -> bytes:
    return archive(ONE, drop=(name,))


def rewritten(name: str, content: bytes) -> bytes:
    """The good archive with one member replaced."""
    held = BytesIO()
    source = zipfile.ZipFile(BytesIO(archive(ONE)))
    with zipfile.ZipFile(held, "w") as out:
        for member in source.namelist():
            out.writestr(member, content if member == name else source.read(member))
    return held.getvalue()


DOCUMENT = "IHE_XDM/SUBSET01/DOC00001.XML"
HTML_ONLY = letter(html=True)
EIGHT_BIT = letter(ONE).replace(b"Subject: XDM/1.0/DDM+", "Subject: XDM/1.0/DDM+é".encode(), 1)
BAD_UTF8 = (
    b"From: a <a@x>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n\xe9t\xe9\r\n"
)
MENTION_ONLY = f"{TITLE}\nAnnule et remplace le document.\n" + "Controle dans trois mois. " * 8
BY_TITLE = f"{TITLE}\nAnnule et remplace : {TITLE} du 12/03/2026.\nControle."

ACCEPTED: dict[str, list[Tell]] = {
    "mss.smtp.tls-before-auth": [
        smtp(("EHLO", False), ("STARTTLS", False), ("EHLO", True), ("AUTH", True), ("MAIL", True))
    ],
    "mss.smtp.never-in-clear": [opened()],
    "mss.smtp.tls-version": [handshake("TLSv1.3"), handshake("TLSv1.2")],
    "mss.smtp.xoauth2-token": [opened(), refreshed_after_refusal, two_steps],
    "mss.mail.from-is-mailbox": [documents(), mail()],
    "mss.mail.display-name": [documents(), mail(From=f"OCEANE-TEST_FICTIVE-MARTINEAU <{MAILBOX}>")],
    "mss.mail.message-id": [documents()],
    "mss.mail.body": [documents(), mail()],
    "mss.mail.utf8": [documents(), mail()],
    "mss.mail.x-mss-nil": [documents(), mail()],
    "mss.mail.patient-address": [documents(to=(ALICE, PATIENT))],
    "mss.mail.dsn-asked": [mail(notify="SUCCESS,FAILURE"), mail(Return_Receipt_To=MAILBOX)],
    "mss.mail.archive": [documents(), documents(zip_name="IHE_XDM.zip")],
    "mss.mail.subject-xdm": [
        documents(),
        documents(
            Subject="XDM/1.0/DDM+CR ou fiche de consultation ou de visite PAT-TROIS DOMINIQUE"
        ),
        documents(
            Subject="XDM/1.0/DDM+[Annule et remplace] CR ou fiche de consultation ou de visite "
            "PAT-TROIS DOMINIQUE 28/03/1979"
        ),
        both(),
    ],
    "mss.mail.x-mss-codecda": [documents(), both()],
    "mss.mail.x-mss-ins": [
        documents(),
        mail(replace(ONE, born=""), Subject="x", X_MSS_INS="N"),
        mail(replace(ONE, ins_root="1.2.250.1.213.1.4.9"), X_MSS_INS="N"),
    ],
    "mss.mail.pdf-beside": [documents(), both()],
    "mss.mail.pdf-name": [
        documents(),
        documents(pdf_name=f"20260311_{LABEL}_PAT-TROIS_DOMINIQUE_AB12.pdf"),
    ],
    "mss.mail.one-patient": [documents(), both()],
    "xdm.layout": [documents()],
    "xdm.hash-and-size": [documents(), both()],
    "xdm.metadata-matches-cda": [documents(), both()],
    "cda.readable": [documents()],
    "cda.ins-key": [documents(), bent(ins="253072A07300443")],
    "cda.ins-traits": [documents()],
    "document.set-id-kept": [life(), life(third=THREE)],
    "document.version-next": [life(), life(third=THREE)],
    "document.replaces-previous": [life(), life(third=THREE)],
    "document.new-id": [life()],
    "document.annule-et-remplace": [
        life(),
        life(second=replace(TWO, text=BY_TITLE)),
        life(second=replace(TWO, text="ANNULE  ET\nREMPLACE\nle document 2.25.1001 controle")),
    ],
    "document.first-without-mention": [documents()],
    "lifecycle.offer-shown": [life(third=THREE), life(looks=False), DECLINED],
    "lifecycle.initial-recipients-told": [life(third=THREE)],
    "lifecycle.later-recipients-told": [
        life(added=f"new@{DOMAIN}", told_of_deletion=(*EVERYBODY, f"new@{DOMAIN}"))
    ],
    "lifecycle.declined-sends-nothing": [DECLINED],
    "lifecycle.nothing-sent-unasked": [life(), DECLINED],
}

REFUSED: dict[str, list[Refused]] = {
    "mss.smtp.tls-before-auth": [
        (smtp(("EHLO", False), ("AUTH", False)), "broken", None),
        (smtp(("EHLO", False), ("MAIL", False)), "broken", None),
    ],
    "mss.smtp.never-in-clear": [(opened(tls=False), "broken", None)],
    "mss.smtp.tls-version": [(handshake("TLSv1.1"), "broken", None)],
    "mss.smtp.xoauth2-token": [
        (opened(mechanism="PLAIN"), "broken", "mechanism"),
        (opened(access=token("invented", DOCTOR.national_id)), "broken", "not-issued"),
        (opened(person=COLLEAGUE.national_id), "broken", "other-person"),
        (opened(wait=200), "broken", "expired"),
        (opened(wait=200, reply="535 no"), "broken", "expired"),
    ],
    "mss.mail.from-is-mailbox": [
        (documents(From=SENDER.replace("doctor@", "other@")), "broken", None),
        (documents(From=None), "broken", None),
    ],
    "mss.mail.display-name": [
        (documents(From=MAILBOX), "broken", "absent"),
        (documents(From=f'"{MAILBOX}" <{MAILBOX}>'), "broken", "absent"),
        (documents(From=f"Cabinet des Tilleuls <{MAILBOX}>"), "broken", "other-name"),
        (documents(From=f"Fictive-Martineau Oceane-Test <{MAILBOX}>"), "unclear", None),
        (documents(From=f"Oceane-Test_Fictive-Martineau <{MAILBOX}>"), "unclear", None),
    ],
    "mss.mail.message-id": [
        (documents(Message_ID=None), "broken", "absent"),
        (documents(Message_ID="<no-at-sign>"), "broken", "form"),
        (documents(Message_ID=f"<{ONE.ins}@x.test>"), "broken", "patient"),
        (
            _the_same_twice,
            "broken",
            "reused",
        ),
    ],
    "mss.mail.body": [(raw(HTML_ONLY), "broken", None)],
    "mss.mail.utf8": [
        (mail(charset="iso-8859-1"), "broken", "charset"),
        (raw(BAD_UTF8), "broken", "octets"),
    ],
    "mss.mail.x-mss-nil": [
        (mail(X_MSS_NIL=None), "broken", "absent"),
        (mail(X_MSS_NIL="DEV0"), "broken", None),
    ],
    "mss.mail.patient-address": [
        (documents(to=(f"279035121518988@{PATIENT_DOMAIN}",)), "broken", "form"),
        (documents(to=(f"253072A07300443@{PATIENT_DOMAIN}",)), "broken", "unqualified"),
        (documents(to=(f"160029935000167@{PATIENT_DOMAIN}",)), "broken", "other-patient"),
    ],
    "mss.mail.dsn-asked": [(mail(), "unclear", None), (mail(notify="FAILURE"), "unclear", None)],
    "mss.mail.archive": [
        (documents(zip_name="document.zip"), "broken", "name"),
        (documents(zip_type="octet-stream"), "broken", "media-type"),
        (sent_bare, "broken", "absent"),
        (mail(pdfs=(ONE.pdf,)), "broken", "absent"),
    ],
    "mss.mail.subject-xdm": [
        (documents(Subject="Compte rendu"), "broken", "marker"),
        (
            documents(Subject="[Annule et remplace] XDM/1.0/DDM+CR PAT-TROIS DOMINIQUE"),
            "broken",
            "marker",
        ),
        (documents(Subject="XDM/1.0/DDM+CR PAT-TROIS DOMINIQUE"), "broken", "label"),
        (documents(Subject=f"XDM/1.0/DDM+{LABEL[:40]} DURAND DOMINIQUE"), "broken", "patient"),
        (documents(Subject=f"XDM/1.0/DDM+{LABEL} Pat-Trois DOMINIQUE"), "broken", "case"),
        (both(Subject=f"XDM/1.0/DDM+{LABEL[:40]} PAT-TROIS DOMINIQUE"), "broken", "label"),
        (raw(EIGHT_BIT), "broken", "eight-bit"),
    ],
    "mss.mail.x-mss-codecda": [
        (documents(X_MSS_CODECDA=None), "broken", "absent"),
        (documents(X_MSS_CODECDA="Compte rendu"), "broken", None),
        (both(X_MSS_CODECDA=ONE.code), "broken", None),
        (mail(X_MSS_CODECDA="11488-4"), "broken", "unexpected"),
    ],
    "mss.mail.x-mss-ins": [
        (documents(X_MSS_INS="N"), "broken", None),
        (mail(replace(ONE, born=""), Subject="x", X_MSS_INS="O"), "broken", None),
        (documents(X_MSS_INS=None), "broken", "absent"),
        (mail(X_MSS_INS="N"), "broken", "unexpected"),
    ],
    "mss.mail.pdf-beside": [
        (documents(pdfs=()), "broken", "missing"),
        (documents(pdfs=(ONE.pdf, ONE.pdf)), "broken", "too-many"),
        (documents(pdfs=(pdf("another text"),)), "broken", "differs"),
        (bent(part=None), "broken", "not-pdf-a1"),
        (bent(part=2), "broken", "not-pdf-a1"),
    ],
    "mss.mail.pdf-name": [
        (documents(pdf_name="document.pdf"), "broken", None),
        (documents(pdf_name=f"20260311_{LABEL}_DURAND_DOMINIQUE.pdf"), "broken", None),
        (documents(pdf_name=f"20250101_{LABEL}_PAT-TROIS_DOMINIQUE.pdf"), "broken", None),
    ],
    "mss.mail.one-patient": [
        (mail(ONE, replace(SECOND, ins="160029935000167"), Subject="x"), "broken", None)
    ],
    "xdm.layout": [
        (documents(zipped=zip_without("README.TXT")), "broken", "no-readme"),
        (documents(zipped=zip_without("INDEX.HTM")), "broken", "no-index"),
        (
            documents(zipped=zip_without("IHE_XDM/SUBSET01/METADATA.XML")),
            "broken",
            "no-metadata",
        ),
        (documents(zipped=archive(ONE, extra={"../x": b""})), "broken", "bad-name"),
        (documents(zipped=b"PK\x03\x04 cut"), "broken", "not-a-zip"),
    ],
    "xdm.hash-and-size": [
        (metadata(hash="0" * 40), "broken", "hash"),
        (metadata(size="12"), "broken", "size"),
        (metadata(uri="NOWHERE.XML"), "broken", "absent"),
    ],
    "xdm.metadata-matches-cda": [
        (metadata(unique="2.25.9"), "broken", "unique-id"),
        (
            metadata(patient="160029935000167^^^&1.2.250.1.213.1.4.10&ISO^NH"),
            "broken",
            "patient-id",
        ),
        (metadata(type="34133-9"), "broken", "type-code"),
        (metadata(confidentiality="R"), "broken", "confidentiality"),
        (metadata(language="en-US"), "broken", "language"),
        (metadata(id="lost"), "broken", "has-member"),
    ],
    "cda.readable": [
        (bent(body=b"no pdf at all"), "broken", "not-a-pdf"),
        (bent(body=b""), "broken", "absent"),
        (bent(media_type="text/plain"), "broken", "declaration"),
        (documents(zipped=rewritten(DOCUMENT, b"<broken")), "broken", "not-xml"),
    ],
    "cda.ins-key": [
        (bent(ins="279035121518988"), "broken", "key"),
        (bent(ins="2790351215189"), "broken", "length"),
    ],
    "cda.ins-traits": [
        (bent(county=""), "broken", "birthplace"),
        (mail(replace(ONE, born=""), Subject="x"), "broken", "born"),
    ],
    "document.set-id-kept": [
        (life(second=replace(TWO, set_id="2.25.99")), "broken", "changed"),
        (life(second=replace(TWO, set_id=None)), "broken", "absent"),
    ],
    "document.version-next": [
        (life(second=replace(TWO, version="1")), "broken", None),
        (life(second=replace(TWO, version="-2")), "broken", None),
        (life(second=replace(TWO, version=None)), "broken", None),
        (life(second=replace(TWO, version="5")), "unclear", None),
    ],
    "document.replaces-previous": [
        (life(second=replace(TWO, related=())), "broken", "absent"),
        (life(second=replace(TWO, related=(("APND", ONE.id),))), "broken", "type"),
        (life(second=replace(TWO, related=(("RPLC", "2.25.77"),))), "broken", "unknown"),
        (life(third=replace(THREE, related=(("RPLC", ONE.id),))), "broken", "initial"),
    ],
    "document.new-id": [(life(second=replace(TWO, id=ONE.id)), "broken", None)],
    "document.annule-et-remplace": [
        (life(second=replace(TWO, text=ONE.text)), "broken", "no-mention"),
        (life(second=replace(TWO, text=MENTION_ONLY)), "broken", "not-named"),
        (life(second=replace(TWO, text=" ")), "unclear", None),
    ],
    "document.first-without-mention": [
        (bent(text="Annule et remplace le document precedent, consultation."), "broken", None)
    ],
    "lifecycle.offer-shown": [
        (life(offered_deletion=False), "broken", None),
        (life(offered=False, looks=False), "broken", None),
    ],
    "lifecycle.initial-recipients-told": [
        (life(told=(ALICE, PATIENT)), "broken", None),
        (life(told=(ALICE, BOB)), "broken", None),
        (life(told_of_deletion=None), "broken", None),
    ],
    "lifecycle.later-recipients-told": [(life(added=f"new@{DOMAIN}"), "broken", None)],
    "lifecycle.declined-sends-nothing": [(life(answer="decline"), "broken", None)],
    "lifecycle.nothing-sent-unasked": [(life(unasked=True), "unclear", None)],
}
