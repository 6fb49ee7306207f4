"""The life of a document over MSSanté: sent, replaced, deleted, its recipients told each time."""

from conformance.story import COLLEAGUE, DOCTOR, NURSE, PATIENT, Mail, Step, System, scenario

_FIRST = "Examen clinique sans particularité. Contrôle dans six mois."
_CORRECTED = "Examen clinique sans particularité. Contrôle dans trois mois."


def _write_the_document(system: System, step: Step) -> str:
    with step(1):
        system.go_to_login()
        system.start_psc_login(means="cps", national_id=DOCTOR.national_id)
        system.finish_psc_login(means="cps", national_id=DOCTOR.national_id)
    with step(2):
        system.open_patient(ins=PATIENT.ins)
    with step(3):
        first = system.create_document(
            ins=PATIENT.ins, title="Compte rendu de consultation", text=_FIRST
        )
    return str(first.values["document_id"])


def _live_until_the_offers(system: System, mail: Mail, step: Step, answer: str) -> None:
    first = _write_the_document(system, step)
    with step(4):
        system.send_document(
            document_id=first,
            to=[mail.address(COLLEAGUE)],
            cc=[mail.address(NURSE)],
            patient=True,
        )
        system.see("sent")
    with step(5):
        second = system.replace_document(document_id=first, text=_CORRECTED)
    with step(6):
        system.see("notify-offer")
        system.see("recipients")
    with step(7):
        system.answer_offer(answer=answer)
    with step(8):
        system.delete_document(document_id=second.values["document_id"])
    with step(9):
        system.see("notify-offer")
        system.see("recipients")
    with step(10):
        system.answer_offer(answer=answer)
    with step(11):
        system.logout()


@scenario("banc:document-life", mode="web")
def test_recipients_are_told_when_the_offer_is_accepted(
    system: System, mail: Mail, step: Step
) -> None:
    """Two professionals and the patient get the document, its new version and its deletion."""
    _live_until_the_offers(system, mail, step, "accept")


@scenario("banc:document-life-later", mode="web")
def test_those_who_came_later_are_told_too(system: System, mail: Mail, step: Step) -> None:
    """The new version is sent to one more person, who then hears of the deletion."""
    first = _write_the_document(system, step)
    with step(4):
        system.send_document(
            document_id=first,
            to=[mail.address(COLLEAGUE)],
            cc=[],
            patient=False,
        )
    with step(5):
        second = system.replace_document(document_id=first, text=_CORRECTED)
    with step(6):
        system.see("notify-offer")
        system.answer_offer(answer="accept")
    with step(7):
        system.send_document(
            document_id=second.values["document_id"],
            to=[mail.address(NURSE)],
            cc=[],
            patient=False,
        )
    with step(8):
        system.delete_document(document_id=second.values["document_id"])
    with step(9):
        system.see("notify-offer")
        system.see("recipients")
    with step(10):
        system.answer_offer(answer="accept")
    with step(11):
        system.logout()


@scenario("banc:document-life-declined", mode="web")
def test_nobody_is_told_when_the_offer_is_declined(system: System, mail: Mail, step: Step) -> None:
    """The person declines both times: no mail leaves, and that is conformant."""
    _live_until_the_offers(system, mail, step, "decline")
