"""The mails of the reference system and the mock provider's own record, judged: no false alarm."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.identities import COLLEAGUE, DOCTOR, NURSE, PATIENT, UNQUALIFIED_PATIENT, Patient
from conformance.checks.all_rules import all_rules
from conformance.checks.events import Documents, Events, ScenarioFacts
from conformance.checks.registry import Answer, Rule, Said
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import CONSULTATION, EPISODE_SUMMARY, DocumentType, Records
from mocks.lps.lifecycle import Lifecycle
from mocks.lps.mail.letter import Desk, MailSettings
from mocks.lps.mail.outbox import OutboxParts, SendResult
from tests.unit.checks.checks_story import DOMAIN, PATIENT_DOMAIN, Story
from tests.worlds.psc import PscWorld

MAIL_RULES = {
    name: rule
    for name, rule in all_rules().items()
    if name.startswith(("mss.mail.", "xdm.", "cda.", "document.", "lifecycle."))
}
PSC_RULES = {
    name: rule
    for name, rule in all_rules().items()
    if name.startswith(("psc.request.", "psc.token.", "psc.pkce.", "psc.userinfo.read", "psc.ciba"))
    and rule.when in ("conformant", "any")
}


class Life:
    """The reference system's documents, its mails taken by nobody but a story."""

    def __init__(self) -> None:
        self.story = Story()
        self.story.run_started(nil="NIL-42")
        mailbox = DOCTOR.mailbox(DOMAIN)
        boxes = [{"address": mailbox, "owner": DOCTOR.national_id}]
        self.story.tenant(mailboxes=boxes)
        settings = MailSettings(
            mailbox=mailbox,
            nil="NIL-42",
            product="Produit",
            version="1",
            editor="Éditeur",
            domain=DOMAIN,
            patient_domain=PATIENT_DOMAIN,
            smtp_host="localhost",
            smtp_port=587,
            ca_file=Path("root.pem"),
        )
        desk = Desk(DOCTOR, DOCTOR.practices[0], settings, lambda fresh: "token")
        self.mailbox = mailbox
        self.lifecycle = Lifecycle(Records(), desk, DocumentParts(deliver=self.deliver))

    def deliver(
        self, raw: bytes, recipients: Sequence[str], desk: Desk, parts: OutboxParts
    ) -> SendResult:
        self.story.mail(raw, *recipients, notify="SUCCESS,FAILURE", mailbox=self.mailbox)
        return SendResult(True, accepted=tuple(recipients), refused={})

    def send(self, patient: Patient, kind: DocumentType, to_patient: bool) -> str:
        version = self.lifecycle.create(patient, "Compte rendu d’été", "Rien à signaler.", kind)
        to, cc = [COLLEAGUE.mailbox(DOMAIN)], [NURSE.mailbox(DOMAIN)]
        self.story.act(
            "send_document",
            document_id=version.document_id,
            during=lambda: self.lifecycle.send(version.document_id, to, cc, to_patient),
        )
        return version.document_id

    def change(self, document_id: str, replacing: bool, accept: bool = True) -> str:
        life = self.lifecycle
        offer = life.replace(document_id, "Autre texte.") if replacing else life.delete(document_id)
        shown = {"shown": offer.shown, "recipients": list(offer.recipients)}
        values = {"document_id": offer.document_id, "offer": shown}
        name = "replace_document" if replacing else "delete_document"
        self.story.act(name, values=values, document_id=document_id)
        answer = "accept" if accept else "decline"
        answering = lambda: life.answer_offer(offer.id, accept=accept)  # noqa: E731 - a gesture
        self.story.act("answer_offer", answer=answer, during=answering)
        return offer.document_id


def judged(story: Story, rules: dict[str, Rule]) -> dict[str, list[Said]]:
    return {name: list(rule.check(story.events(rule))) for name, rule in rules.items()}


def alarms(said: dict[str, list[Said]]) -> list[tuple[str, str, object]]:
    return [
        (name, one.subject, dict(one.params))
        for name, answers in said.items()
        for one in answers
        if one.answer is not Answer.HELD
    ]


def test_a_life_of_three_versions_and_a_deletion_raises_no_alarm() -> None:
    life = Life()
    first = life.send(PATIENT, CONSULTATION, to_patient=True)
    second = life.change(first, replacing=True)
    third = life.change(second, replacing=True)
    life.change(third, replacing=False)

    said = judged(life.story, MAIL_RULES)

    assert alarms(said) == []
    silent = {name for name, answers in said.items() if not answers}
    assert silent == {"lifecycle.declined-sends-nothing", "lifecycle.later-recipients-told"}


def test_a_patient_without_qualified_identity_and_a_declined_offer_raise_no_alarm() -> None:
    life = Life()
    first = life.send(UNQUALIFIED_PATIENT, EPISODE_SUMMARY, to_patient=False)
    second = life.change(first, replacing=True, accept=False)
    third = life.change(second, replacing=True)
    life.change(third, replacing=False, accept=False)

    said = judged(life.story, MAIL_RULES)

    assert alarms(said) == []
    assert said["lifecycle.declined-sends-nothing"]
    assert not said["cda.ins-key"]


def test_what_the_mock_provider_records_of_a_good_login_raises_no_alarm(
    psc_world: PscWorld,
) -> None:
    verifier = "v" * 64
    answer = psc_world.sign_in(verifier=verifier)
    tokens = psc_world.redeem(answer["code"], code_verifier=verifier).json()
    psc_world.userinfo(tokens["access_token"])
    asked = psc_world.ask().json()
    psc_world.poll(asked["auth_req_id"])
    events = psc_world.events()
    facts = ScenarioFacts("banc:mock")

    said = {}
    for name, rule in PSC_RULES.items():
        chosen = [event for event in events if _wanted(event, rule)]
        handed = Events([*_tenant(psc_world), *chosen], facts, Documents(lambda sha: b""))
        said[name] = list(rule.check(handed))

    assert alarms(said) == []
    spoke = {name for name, answers in said.items() if answers}
    assert {"psc.pkce.s256", "psc.token.once", "psc.userinfo.read-in-time"} <= spoke
    assert {"psc.ciba.login-hint", "psc.request.redirect-uri"} <= spoke


def _wanted(event: Any, rule: Rule) -> bool:
    return event.kind in rule.reads or f"{event.kind}:{event.data.get('route') or ''}" in rule.reads


def _tenant(world: PscWorld) -> Any:
    story = Story()
    story.items.clear()
    story.tenant(**world.tenant.describe())
    return story.items
