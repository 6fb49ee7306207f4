"""The life of a document told by hand: the mails move the story on, the rest is declared."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import html

from common.identities import COLLEAGUE, DOCTOR, NURSE, PATIENT
from tests.e2e.typed_run import Start, Typist, Visitor, starts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a POSIX terminal")

DONE = "c'est fait"
NAME = f"{DOCTOR.title} {DOCTOR.name}"
TITLE = "Compte rendu de consultation"
DOMAIN = "default.mss.test"
TOLD = "Dr Duval, Mme Rocher, le patient"


@pytest.fixture
def start(tmp_path: Path, quick: dict[str, str]) -> Iterator[Start]:
    """`start(story)`: a run of the reference product in a terminal of 80 columns."""
    yield from starts(tmp_path, quick)


def written(typist: Typist, visitor: Visitor) -> str:
    """Steps 1 to 3; the path of the document in the product."""
    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    visitor.sign_in()
    typist.answers("Ouvrez le dossier", DONE)
    form = visitor.open(f"/patients/{PATIENT.ins}/documents/nouveau")
    document = visitor.submit(form, "title", TITLE, text="Contrôle dans six mois.")
    typist.answers("Écrivez un document", DONE)
    typist.answers("appeler ce document", "CR 1")
    return document.url.path


def sent(typist: Typist, visitor: Visitor, document: str) -> None:
    """Step 4: one mail after the other, the patient's last."""
    typist.at("Envoyez le document")
    form = visitor.open(f"{document}/envoyer")
    visitor.submit(form, "to", COLLEAGUE.mailbox(DOMAIN), cc=NURSE.mailbox(DOMAIN))
    assert len(typist.events("mail.accepted")) == 1
    visitor.submit(form, "to", "", patient="yes")
    typist.answers("message est parti", "oui")


def replaced(visitor: Visitor, document: str) -> httpx2.Response:
    """The dialogue that offers to tell the recipients of the new version."""
    return visitor.submit(visitor.open(f"{document}/remplacer"), "text", "Dans trois mois.")


def deleted(visitor: Visitor, document: str) -> httpx2.Response:
    """The dialogue that offers to tell the recipients of the deletion."""
    return visitor.confirm(f"{document}/supprimer")


def shown_error(page: httpx2.Response) -> str:
    """The words of the product's error."""
    tree: Any = html.document_fromstring(page.content)
    [error] = tree.xpath("//*[@data-testid='error']")
    return str(" ".join(error.text_content().split()))


def test_mails_move_the_story_on_and_a_corrected_offer_stands(start: Start) -> None:
    typist = start("banc:document-life")
    visitor = typist.visitor()

    document = written(typist, visitor)
    sent(typist, visitor, document)
    typist.at("Remplacez le document « CR 1 »")
    offer = replaced(visitor, document)
    typist.says(DONE)
    typist.answers("appeler la nouvelle version", "CR 2")
    typist.answers("propose-t-il d'écrire aux destinataires", "n")
    typist.answers("Acceptez d'écrire", "retour")
    typist.answers("corriger ce que j'ai déclaré", "2")
    typist.answers("propose-t-il d'écrire aux destinataires", "o")
    typist.answers("À qui propose-t-il", TOLD)
    typist.at("Acceptez d'écrire")
    visitor.submit(offer, "answer", "accept")
    typist.at("Supprimez le document « CR 2 »")
    offer = deleted(visitor, offer.url.path.removesuffix("/prevenir"))
    typist.says(DONE)
    typist.answers("propose-t-il d'écrire aux destinataires", "o")
    typist.answers("À qui propose-t-il", TOLD)
    typist.at("Acceptez d'écrire")
    visitor.submit(offer, "answer", "accept")
    typist.at("Déconnectez-vous de")
    visitor.sign_out()
    code = typist.ends()

    findings = typist.findings()
    said = {key: (f["said"], f["witness"], f["verdict"]) for key, f in findings.items()}
    amended = [e["data"]["what"] for e in typist.events("ui.seen") if e["data"].get("amends")]
    told = "lifecycle.initial-recipients-told"
    offered = ("held", "declared", "review")
    assert code == 0
    assert [key for key, found in said.items() if found[0] == "broken"] == []
    assert said[told, "replacement 1"] == said[told, "deletion 1"] == ("held", "wire", "pass")
    assert said["lifecycle.offer-shown", "replacement 1"] == offered
    assert said["lifecycle.offer-shown", "deletion 1"] == offered
    assert said["document.version-next", "replacement 1"] == ("held", "wire", "pass")
    assert amended == ["notify-offer", "recipients"]
    assert "(déjà répondu : oui)" in " ".join(typist.transcript.split())
    assert typist.too_wide() == []


def test_a_fault_is_told_in_the_words_of_the_product(start: Start) -> None:
    typist = start("banc:psc-web-nonce-foreign")

    twin = typist.visitor()
    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    twin.sign_in()
    typist.answers("Quel nom votre produit", NAME)
    visitor = typist.visitor()
    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    refusal = shown_error(visitor.sign_in())
    typist.answers("Sur la page de Pro Santé Connect", "échec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", refusal)
    typist.answers("Qui est connecté", "n")
    code = typist.ends()

    judged = typist.findings()["psc.refuses.id-token-nonce-foreign", "login 1"]
    assert code == 0
    assert (judged["said"], judged["witness"]) == ("held", "declared")
    assert judged["verdict"] == "review"
    [error] = [e["data"] for e in typist.events("ui.seen") if e["data"]["what"] == "error"]
    assert error["present"] and error["text"] == refusal
    assert typist.too_wide() == []
