"""The synthetic people as tables, to be loaded into a product before a run."""

import csv
import io
import json
from typing import Any

from common.identities import INS_TEST_OID, PATIENTS, PROFESSIONALS, Patient, Professional

COLUMNS = (
    "kind",
    "key",
    "given",
    "family",
    "national_id",
    "rpps",
    "profession",
    "speciality",
    "structure",
    "ins",
    "ins_oid",
    "sex",
    "born",
    "birthplace",
    "local_id",
    "mailbox",
)


def people(domain: str, patient_domain: str) -> list[dict[str, str]]:
    """One row a person with the keys `COLUMNS`; what a person lacks is empty."""
    rows = [_professional(person, domain) for person in PROFESSIONALS]
    rows += [_patient(person, patient_domain) for person in PATIENTS]
    return [{name: row.get(name, "") for name in COLUMNS} for row in rows]


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    """RFC 4180 with a header line, LF ends; French spreadsheets expect `;` as `delimiter`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_json(rows: list[dict[str, str]]) -> str:
    """One array of objects."""
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _professional(person: Professional, domain: str) -> dict[str, Any]:
    return {
        "kind": "professional",
        "key": person.key,
        "given": person.given,
        "family": person.family,
        "national_id": person.national_id,
        "rpps": person.rpps,
        "profession": person.profession,
        "speciality": person.speciality,
        "structure": person.practices[0].structure if person.practices else "",
        "mailbox": person.mailbox(domain),
    }


def _patient(person: Patient, patient_domain: str) -> dict[str, Any]:
    return {
        "kind": "patient",
        "key": person.key,
        "given": person.given,
        "family": person.birth_name,
        "ins": person.ins,
        "ins_oid": INS_TEST_OID if person.ins else "",
        "sex": person.sex,
        "born": person.born.isoformat(),
        "birthplace": person.birthplace_cog,
        "local_id": person.local_id,
        "mailbox": person.mailbox(patient_domain) if person.qualified else "",
    }
