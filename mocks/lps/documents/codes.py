"""Codes of people and places as CDA and XDS want them [CISIS-SCHEMATRON value sets]."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from common.identities import INS_TEST_OID, Patient, Practice, Professional
from mocks.lps.documents.records import RecordError

_Known = TypeVar("_Known")

LOCAL_PATIENTS_OID = "2.25.209453595120604329579957520397467207745"
"""Authority of the product's own patient numbers."""


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value: code, its label, the OID of its code system."""

    code: str
    label: str
    system: str


_SPECIALTIES = {
    "G15_10": "Médecin",
    "G15_10/SM04": "Médecin - Cardiologie et maladies vasculaires (SM)",
    "G15_10/SM26": "Médecin - Qualifié en Médecine Générale (SM)",
    "G15_60": "Infirmier",
}
_FACILITIES = {
    "SA01": "Etablissement public de santé",
    "SA07": "Cabinet individuel",
    "SA08": "Cabinet de groupe",
}
_SETTINGS = {
    "L": Code("AMBULATOIRE", "Ambulatoire", "1.2.250.1.213.1.1.4.9"),
    "S": Code("ETABLISSEMENT", "Etablissement de santé", "1.2.250.1.213.1.1.4.9"),
}
_GENDERS = {"F": "Féminin", "M": "Masculin"}


def specialty_of(person: Professional) -> Code:
    """Profession and speciality (J01). Raises `RecordError` for one the product lacks."""
    code = f"G15_{person.profession}" + (f"/{person.speciality}" if person.speciality else "")
    return Code(code, _known(_SPECIALTIES, code, "La spécialité"), "1.2.250.1.213.1.1.4.5")


def facility_of(practice: Practice) -> Code:
    """The kind of place (J02). Raises `RecordError` for an unknown sector."""
    return Code(
        practice.sector,
        _known(_FACILITIES, practice.sector, "Le secteur d'activité"),
        "1.2.250.1.71.4.2.4",
    )


def setting_of(practice: Practice) -> Code:
    """The way of practising (J04). Raises `RecordError` for an unknown mode."""
    return _known(_SETTINGS, practice.mode, "Le mode d'exercice")


def gender_of(patient: Patient) -> Code:
    """The administrative gender (J143)."""
    return Code(patient.sex, _known(_GENDERS, patient.sex, "Le sexe"), "2.16.840.1.113883.5.1")


def _known(table: Mapping[str, _Known], code: str, what: str) -> _Known:
    try:
        return table[code]
    except KeyError:
        raise RecordError(f"{what} « {code} » n'est pas connu du logiciel.") from None


def organisation_id(practice: Practice, person: Professional) -> str:
    """The national number of the place: 1 + FINESS, or for a practice without one 4 + RPPS + rank.

    Directory identifiers start with F for a FINESS [PDSM-DMP identifiers].
    """
    if practice.structure_id.startswith("F"):
        return f"1{practice.structure_id[1:]}"
    return f"4{person.rpps}{person.practices.index(practice) + 1:03d}"


def patient_ids(patient: Patient) -> list[tuple[str, str]]:
    """(root, extension), the INS first; it is left out while the identity is not qualified."""
    local = (LOCAL_PATIENTS_OID, patient.local_id)
    return [(INS_TEST_OID, patient.ins), local] if patient.qualified else [local]
