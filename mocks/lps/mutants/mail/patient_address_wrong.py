"""The patient's address is made with a wrong key."""

from common.identities import Patient
from mocks.lps.mail import composing as mail
from mocks.lps.mail.letter import MailSettings
from mocks.lps.parts import Parts, with_documents

row = "[IG-MAIL patient address], [INS-FORM key]"
breaks = {
    "fr": "L’adresse du patient porte une clé fausse.",
    "en": "The patient's address has a wrong key.",
}
expects = {"mss.mail.patient-address": "broken"}
shown_by = ("banc:document-life",)
face = "adapter"


def miswritten(patient: Patient, settings: MailSettings) -> str:
    """The right address, two digits of its key exchanged."""
    number, _, domain = mail.patient_mailbox(patient, settings).partition("@")
    return f"{number[:-2]}{(int(number[-2:]) + 1) % 97:02d}@{domain}"


def apply(parts: Parts) -> Parts:
    """The patient's address is made with a wrong key."""
    return with_documents(parts, patient_mailbox=miswritten)
