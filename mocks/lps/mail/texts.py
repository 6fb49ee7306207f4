"""What the mails of the reference system say [IG-CDA replacement, deletion]."""

from mocks.lps.documents.pages import french_moment
from mocks.lps.documents.records import SentMail, Version
from mocks.lps.mail.letter import Desk, Letter


def body_of(letter: Letter, desk: Desk) -> str:
    """The text of the mail: the user's words and what the case demands [IG-CDA replacement]."""
    if letter.version is None:
        return letter.text
    person = desk.professional
    signature = f"{person.title} {person.name}".strip() + f"\n{desk.practice.structure}"
    said = [_announcement(letter, letter.version), letter.text, f"Cordialement,\n{signature}"]
    return "\n\n".join(["Bonjour,", *filter(None, said)]) + "\n"


def _announcement(letter: Letter, version: Version) -> str:
    patient = f"{version.patient.given} {version.patient.birth_name}"
    document = f"« {version.title} » du {french_moment(version.written)} concernant {patient}"
    if letter.kind != "deletion" and version.initial is not None:
        initial = version.initial
        return (
            f"Le document ci-joint {document} (version {version.lineage.number}) annule et "
            f"remplace le document « {initial.title} » du {french_moment(initial.written)}"
            f"{_as_sent(letter.answers)}."
        )
    if letter.kind == "deletion":
        return (
            f"Le document ci-joint {document}{_as_sent(letter.answers)}, a été supprimé par son "
            "auteur. Il doit être supprimé de vos dossiers."
        )
    return f"Veuillez trouver ci-joint le document {document}."


def _as_sent(mail: SentMail | None) -> str:
    if mail is None:
        return ""
    return f", envoyé le {french_moment(mail.sent_at)} sous l'objet « {mail.subject} »"
