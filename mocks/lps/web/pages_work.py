"""Pages of the person at work: patients, documents, mails, and the offer to tell recipients."""

from starlette.responses import Response

from mocks.lps.documents.records import Version
from mocks.lps.lifecycle import Lifecycle
from mocks.lps.web.request import Visit


def patients(visit: Visit) -> Response:
    """All patients."""
    _work(visit)
    return visit.show("patients.html", patients=visit.product.records.patients)


def record(visit: Visit) -> Response:
    """One patient's record."""
    _work(visit)
    records = visit.product.records
    patient = records.patient(visit.path("patient"))
    return visit.show("record.html", patient=patient, documents=list(records.documents(patient)))


def new_document(visit: Visit) -> Response:
    """The form of a new document."""
    _work(visit)
    patient = visit.product.records.patient(visit.path("patient"))
    return visit.show("document_new.html", patient=patient)


def create_document(visit: Visit) -> Response:
    """Write the document."""
    patient = visit.product.records.patient(visit.path("patient"))
    version = _work(visit).create(patient, visit.text("title"), visit.text("text"))
    visit.session.notice = "Le document est enregistré."
    return visit.go(f"/documents/{version.document_id}")


def document(visit: Visit) -> Response:
    """One version of a document, with its history."""
    _work(visit)
    records = visit.product.records
    version = _version(visit)
    set_id = version.lineage.set_id
    versions = records.versions(set_id)
    return visit.show(
        "document.html",
        version=version,
        versions=versions,
        current=versions[-1].document_id == version.document_id,
        deleted=records.is_deleted(set_id),
        mails=records.mails_about(set_id),
    )


def document_pdf(visit: Visit) -> Response:
    """The PDF of a version."""
    _work(visit)
    return Response(_version(visit).pdf, media_type="application/pdf")


def compose(visit: Visit) -> Response:
    """The form to send a document."""
    work = _work(visit)
    return visit.show("compose.html", version=_version(visit), contacts=_contacts(visit, work))


def send(visit: Visit) -> Response:
    """Send the document."""
    version = _version(visit)
    visit.session.report = _work(visit).send(
        version.document_id,
        visit.addresses("to"),
        visit.addresses("cc"),
        to_patient=visit.text("patient") == "yes",
        text=visit.text("text"),
    )
    return visit.go(f"/documents/{version.document_id}/envoi")


def replace_form(visit: Visit) -> Response:
    """The form of a new version."""
    _work(visit)
    return visit.show("replace.html", version=_version(visit))


def replace(visit: Visit) -> Response:
    """Write the new version, then offer to tell the recipients."""
    offer = _work(visit).replace(
        visit.path("document"), visit.text("text"), visit.text("title") or None
    )
    visit.session.offer = offer
    if offer.shown:
        return visit.go(f"/documents/{offer.document_id}/prevenir")
    visit.session.notice = "Le document est remplacé."
    return visit.go(f"/documents/{offer.document_id}")


def delete_form(visit: Visit) -> Response:
    """Ask whether the document is really to be deleted."""
    _work(visit)
    return visit.show("delete.html", version=_version(visit))


def delete(visit: Visit) -> Response:
    """Delete the document, then offer to tell the recipients."""
    offer = _work(visit).delete(visit.path("document"))
    visit.session.offer = offer
    if offer.shown:
        return visit.go(f"/documents/{offer.document_id}/prevenir")
    visit.session.notice = "Le document est supprimé."
    return visit.go(f"/documents/{offer.document_id}")


def offer(visit: Visit) -> Response:
    """The dialogue: tell the recipients of the change, or not."""
    _work(visit)
    pending = visit.session.offer
    if pending is None or pending.document_id != visit.path("document"):
        return visit.go(f"/documents/{visit.path('document')}")
    return visit.show("offer.html", offer=pending, version=_version(visit))


def answer_offer(visit: Visit) -> Response:
    """The person's answer to the dialogue."""
    document_id = visit.path("document")
    report = visit.product.answer_offer(visit.session, visit.text("answer") == "accept")
    if report is None:
        visit.session.notice = "Les destinataires n’ont pas été prévenus."
        return visit.go(f"/documents/{document_id}")
    return visit.go(f"/documents/{document_id}/envoi")


def result(visit: Visit) -> Response:
    """What became of the mail: who received it, who did not and why."""
    _work(visit)
    report = visit.session.report
    if report is None:
        return visit.go(f"/documents/{visit.path('document')}")
    return visit.show("result.html", report=report, back=f"/documents/{visit.path('document')}")


def message(visit: Visit) -> Response:
    """The form of a free message."""
    return visit.show("message.html", contacts=_contacts(visit, _work(visit)))


def send_message(visit: Visit) -> Response:
    """Send a free message."""
    report = _work(visit).write(
        visit.addresses("to"), visit.text("subject"), visit.text("text"), visit.addresses("cc")
    )
    return visit.show("result.html", report=report, back="/messages")


def sent(visit: Visit) -> Response:
    """The mails sent from the person's mailbox, last first."""
    mailbox = _work(visit).desk.settings.mailbox
    mails = [mail for mail in visit.product.records.mails if mail.mailbox == mailbox]
    return visit.show("sent.html", mails=mails[::-1], mailbox=mailbox)


def _work(visit: Visit) -> Lifecycle:
    return visit.product.work(visit.session)


def _version(visit: Visit) -> Version:
    return visit.product.records.version(visit.path("document"))


def _contacts(visit: Visit, work: Lifecycle) -> list[tuple[str, str]]:
    domain = work.desk.settings.domain
    people = visit.product.records.professionals
    return [
        (person.mailbox(domain), f"{person.title} {person.name}".strip())
        for person in people
        if person.national_id != work.desk.professional.national_id
    ]
