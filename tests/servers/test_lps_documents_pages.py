"""Documents and mails through the pages of the reference product, up to the mailboxes."""

from dataclasses import replace
from typing import Any

import pytest

from common.identities import COLLEAGUE, NURSE, PATIENT, UNQUALIFIED_PATIENT
from tests.worlds.product import Browser, LpsWorld

TEXT = "Examen clinique sans particularité."


@pytest.fixture
def at_work(lps: LpsWorld) -> Any:
    browser = lps.browser()
    browser.sign_in()
    return browser


def write(browser: Browser, title: str = "Compte rendu") -> Any:
    browser.open(f"/patients/{PATIENT.ins}/documents/nouveau")
    browser.submit(title=title, text=TEXT)
    return browser.page.url.path.rsplit("/", 1)[-1]


def send(browser: Browser, lps: LpsWorld, document_id: str, **fields: Any) -> Any:
    browser.open(f"/documents/{document_id}/envoyer")
    to = COLLEAGUE.mailbox(lps.settings.domain)
    cc = NURSE.mailbox(lps.settings.domain)
    return browser.submit(**{"to": to, "cc": cc, "patient": "yes", **fields})


def received(lps: LpsWorld, address: str) -> Any:
    return len(lps.mail.store.list(address))


def everyone(lps: LpsWorld) -> Any:
    domain = lps.settings.domain
    return [
        COLLEAGUE.mailbox(domain),
        NURSE.mailbox(domain),
        PATIENT.mailbox(lps.settings.patient_domain),
    ]


def test_a_document_reaches_professionals_and_patient(lps: LpsWorld, at_work: Any) -> None:
    document_id = write(at_work)

    send(at_work, lps, document_id)

    assert at_work.sees("sent") == "Message envoyé"
    assert [received(lps, address) for address in everyone(lps)] == [1, 1, 1]
    at_work.open("/messages")
    assert len(at_work.sees_all("sent-row")) == 1


def test_a_replacement_offers_to_tell_and_tells_when_accepted(lps: LpsWorld, at_work: Any) -> None:
    document_id = write(at_work)
    send(at_work, lps, document_id)

    at_work.open(f"/documents/{document_id}/remplacer")
    at_work.submit(text="Contrôle dans trois mois.")
    offered = at_work.sees_all("offer-recipient")
    at_work.submit(answer="accept")

    assert set(offered) == set(everyone(lps))
    assert at_work.sees("sent")
    assert [received(lps, address) for address in everyone(lps)] == [2, 2, 2]


def test_a_deletion_offers_to_tell_and_stays_silent_when_declined(
    lps: LpsWorld, at_work: Any
) -> None:
    document_id = write(at_work)
    send(at_work, lps, document_id)

    at_work.open(f"/documents/{document_id}/supprimer")
    at_work.submit()
    offer = at_work.sees("notify-offer")
    at_work.submit(answer="decline")

    assert offer and "supprimé" in offer
    assert at_work.sees("document-deleted")
    assert [received(lps, address) for address in everyone(lps)] == [1, 1, 1]


def test_a_recipient_outside_the_trust_list_is_told_apart(lps: LpsWorld, at_work: Any) -> None:
    document_id = write(at_work)

    send(at_work, lps, document_id, cc="quelquun@ailleurs.example")

    assert at_work.sees("partial")
    assert "quelquun@ailleurs.example" in (at_work.sees("refused") or "")


def test_a_document_cannot_go_to_a_patient_without_a_qualified_identity(at_work: Any) -> None:
    at_work.open(f"/patients/{UNQUALIFIED_PATIENT.local_id}/documents/nouveau")
    at_work.submit(title="Compte rendu", text=TEXT)

    at_work.open(f"{at_work.page.url.path}/envoyer")

    assert at_work.sees("send-patient") is None


def test_markup_in_a_title_is_shown_as_text(at_work: Any) -> None:
    write(at_work, title="<script>alert(1)</script>")

    assert "<script>" not in at_work.page.text
    assert "<script>alert(1)</script>" in (at_work.sees("document") or "")


def test_every_page_of_a_document_names_the_product_and_nothing_internal(
    lps: LpsWorld, at_work: Any
) -> None:
    document_id = write(at_work)

    pages = [
        at_work.open(f"/documents/{document_id}{place}").text
        for place in ("", "/envoyer", "/remplacer", "/supprimer")
    ]

    assert all("Cabinet Exemple LPS 1.0.0" in page for page in pages)
    assert not any("Version(" in page or "Lineage(" in page for page in pages)


def test_a_free_message_leaves(lps: LpsWorld, at_work: Any) -> None:
    at_work.open("/messages/nouveau")

    at_work.submit(to=COLLEAGUE.mailbox(lps.settings.domain), subject="Avis", text="Bonjour")

    assert at_work.sees("sent")
    assert received(lps, COLLEAGUE.mailbox(lps.settings.domain)) == 1


def test_an_unknown_document_is_said_in_french(at_work: Any) -> None:
    page = at_work.open("/documents/inconnu")

    assert page.status_code == 422
    assert "inconnu" in (at_work.sees("error") or "")


def test_a_spent_access_token_is_renewed_before_the_mail_leaves(
    lps: LpsWorld, at_work: Any
) -> None:
    document_id = write(at_work)
    session = next(s for s in lps.product.sessions._sessions.values() if s.signed_in)
    assert session.signed_in is not None
    spent = replace(session.signed_in.tokens, expires_at=0)
    session.signed_in = replace(session.signed_in, tokens=spent)

    send(at_work, lps, document_id)

    assert at_work.sees("sent")
    assert session.signed_in.tokens.refresh_token != spent.refresh_token


def test_a_session_that_cannot_be_renewed_sends_nothing(lps: LpsWorld, at_work: Any) -> None:
    document_id = write(at_work)
    session = next(s for s in lps.product.sessions._sessions.values() if s.signed_in)
    assert session.signed_in is not None
    spent = replace(session.signed_in.tokens, expires_at=0)
    session.signed_in = replace(session.signed_in, tokens=spent)
    lps.arm("token.refresh-invalid-grant")

    page = send(at_work, lps, document_id)

    assert page.status_code < 500
    assert [received(lps, address) for address in everyone(lps)] == [0, 0, 0]
    at_work.open("/patients")
    assert at_work.sees("login")
