"""Personal data that is not synthetic, found wherever a text can be read, and nothing else."""

import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from stdnum import luhn
from stdnum.fr import nir

from common.identities import DOCTOR, PATIENT
from conformance import locale
from conformance.catalogue import load_catalogue
from conformance.dossier.lint.checking import Asked, check_folder
from conformance.dossier.lint.personal import Searched

BODY = "1530275116002"
REAL = BODY + nir.calc_check_digits(BODY + "00")
GROUPED = f"1 53 02 75 116 002 {REAL[13:]}"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


def found(*texts: str) -> list[tuple[str, str]]:
    searched = Searched()
    for number, text in enumerate(texts):
        searched.add(f"file {number}", text)
    return [(remark.what, remark.severity) for remark in searched.remarks()]


@pytest.mark.parametrize(
    "text",
    [
        f"Patient {REAL}, né le 02/02/1953",
        f"NIR : {GROUPED}",
        f"{REAL}@patient.test",
        f"http://h.test/p?ins={REAL}&x=1",
        f"a\u00a0{GROUPED.replace(' ', chr(0xA0))}",
    ],
)
def test_a_number_with_a_valid_key_is_told_with_its_middle_left_out(text: str) -> None:
    [(what, severity)] = found(text)

    assert severity == "refused"
    assert "153…" in what
    assert REAL[3:12] not in what


@pytest.mark.parametrize(
    "text",
    [
        REAL[:-2] + f"{(int(REAL[-2:]) + 1) % 98:02d}",  # the key of another number
        BODY,  # thirteen digits: too many things look so
        f"9{REAL}",  # a part of a longer number
        f"{REAL}7",
        "20260714093000+0200 20260714093000 2026-07-14T09:30:00.123456",
        "1.2.250.1.213.1.4.10 2.25.153027511600285 0a1530275116002",
        "4 53 02 75 116 002 85",
        "Tél. 01 53 02 75 11, facture 153027511600",
        PATIENT.ins,
    ],
)
def test_dates_identifiers_and_the_people_of_the_bench_are_not(text: str) -> None:
    assert found(text) == []


def test_a_number_declared_under_a_test_oid_is_synthetic_everywhere() -> None:
    cda = f'<id extension="{REAL}" root="1.2.250.1.213.1.4.10"/>'
    xdm = f"{REAL}^^^&amp;1.2.250.1.213.1.4.11&amp;ISO^NH"

    assert found(cda, f"Patient {REAL}") == []
    assert found(xdm, f"Patient {REAL}") == []
    assert len(found(f"Patient {REAL}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        f'<id root="1.2.250.1.213.1.4.8" extension="{PATIENT.ins}"/>',
        f'<id extension="{PATIENT.ins}" assigningAuthorityName="X" root="1.2.250.1.213.1.4.9"/>',
        f"{PATIENT.ins}^^^&1.2.250.1.213.1.4.8&ISO^NH",
    ],
)
def test_a_number_under_a_real_oid_is_told_whoever_it_is(text: str) -> None:
    [(what, severity)] = found(text)

    assert (what.endswith("under the OID of real people"), severity) == (True, "refused")


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ('<id root="1.2.250.1.71.4.2.1" extension="810001234567"/>', "refused"),
        ("810001234567^NOM^PRENOM^^^^^^&1.2.250.1.71.4.2.1&ISO^D", "refused"),
        ("RPPS n° : 10001234567", "refused"),
        ("rpps=10001234567", "refused"),
        (f"identifiant 81000517867{luhn.calc_check_digit('1000517867')}", "warning"),
    ],
)
def test_an_rpps_number_outside_the_test_block(text: str, severity: str) -> None:
    assert [said for _what, said in found(text)] == [severity]


@pytest.mark.parametrize(
    "text",
    [
        f'<id root="1.2.250.1.71.4.2.1" extension="{DOCTOR.national_id}"/>',
        f"RPPS {DOCTOR.rpps}",
        '<id root="1.2.250.1.71.4.2.1" extension="ANS20260115093000"/>',
        "81000517867x and 10005178671 without a word",
        f"81000517867{(int(luhn.calc_check_digit('1000517867')) + 1) % 10}",  # no Luhn digit
        '<id root="1.2.250.1.71.4.2.2" extension="1750712184"/>',
    ],
)
def test_rpps_numbers_of_the_test_block_and_other_digits_are_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("jean.dupont@hopital.mssante.fr", "refused"),
        ("<telecom value='mailto:jean.dupont@chu-ville.fr'/>", "warning"),
        ("Jean Dupont <jean.dupont@gmail.com>", "warning"),
    ],
)
def test_an_address_outside_the_test_domains(text: str, severity: str) -> None:
    [(what, said)] = found(text)

    assert said == severity
    assert "jean" not in what


@pytest.mark.parametrize(
    "text",
    [
        "oceane@lps.mss.test a@b.example c@example.org dr@medecin.formation.mssante.fr",
        "contact@editeur.fr noreply@editeur.fr",
        "Message-ID: <20260714.1@mail.editeur.fr>\r\nReferences: <a@b.fr>\r\n <c@d.test>",
        "https://exemple.fr/@nom user@hote",
        "@media print and x@2x.png",
    ],
)
def test_test_domains_roles_and_message_identifiers_are_not(text: str) -> None:
    assert found(text) == []


def mail_about(text: str, **attached: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "a@x.test", "b@x.test"
    message["Subject"], message["Date"] = "XDM/1.0/DDM", "Tue, 14 Jul 2026 09:30:00 +0200"
    message["Message-ID"] = "<1@editeur.fr>"
    message.set_content(text, cte="base64")
    for name, octets in attached.items():
        message.add_attachment(octets, maintype="application", subtype="zip", filename=name)
    return message.as_bytes()


def packed(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return held.getvalue()


def said_of(folder: Path, name: str, octets: bytes) -> list[str]:
    (folder / name).write_bytes(octets)
    checked = check_folder(folder, Asked(load_catalogue()))
    return [remark.what for remark in checked.remarks if remark.code == "personal-data"]


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("MSS_va1.37.01.03.eml", mail_about(f"Le patient {REAL}")),
        ("MSS_va1.37.01.03.zip", packed(a=mail_about("x"), b=mail_about("x", c=packed(
            d=f"<a>{REAL}</a>".encode())))),
        ("MSS_va1.13.01.03.xml", f"<?xml version='1.0'?><a>{REAL}</a>".encode("utf-16")),
        ("MSS_va1.02.01.01.url", f"[InternetShortcut]\nURL=https://h.test/{REAL}".encode()),
        (f"MSS_va1.02.01.01_{REAL}.txt", b"https://interopsegur.esante.gouv.fr/r?oid=1.2"),
    ],
    ids=["base64 of a mail", "archive in a mail in an archive", "XML", "link", "name"],
)  # fmt: skip
def test_it_is_found_wherever_a_text_can_be_read(tmp_path: Path, name: str, octets: bytes) -> None:
    told = said_of(tmp_path, name, octets)

    assert [what for what in told if "153…" in what]


def test_a_message_without_it_is_left_in_peace(tmp_path: Path) -> None:
    octets = mail_about(f"Le patient {PATIENT.ins}", c=packed(d=b"<a>2026</a>"))

    assert said_of(tmp_path, "MSS_va1.37.01.03.eml", octets) == []
