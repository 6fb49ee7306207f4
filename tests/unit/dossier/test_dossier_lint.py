"""`banc dossier lint`: each thing it finds, and beside it the same thing as it should be."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfWriter

from common.identities import DOCTOR, PATIENT
from conformance import locale
from conformance.catalogue import Catalogue, load_catalogue
from conformance.catalogue.applicability import Candidate, owed_by
from conformance.dossier.lint.checking import Asked, Checked, check_folder
from conformance.dossier.model import Product
from conformance.errors import BundleFault
from conformance.evidence.film.ffmpeg import run_ffmpeg
from conformance.plan.model import Limits
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.pdf import write_pdf
from mocks.lps.documents.records import CONSULTATION, Version
from mocks.lps.documents.submission import Submission

OURS = Product("Logiciel", "4.2", "7")
FILM, PAPER, GAZELLE, MAILS = "PSC.01.01.01", "PSC.08.01.01", "MSS/va1.02.01.01", "MSS/va1.37.01.03"
REPORT = "MSS/va1.37.01.01"
LINK = "https://interopsegur.esante.gouv.fr/evs/report.seam?oid=1.2.3.4"
PARTS = DocumentParts()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def movie(seconds: int = 1) -> bytes:
    done = run_ffmpeg(
        ["-v", "error", "-f", "lavfi", "-i", f"testsrc=size=160x120:rate=5:duration={seconds}",
         "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "matroska",
         "pipe:1"]
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def printed(text: str = "Document de test") -> bytes:
    style = "<style>body{font-family:'DejaVu Sans'}</style>"
    return write_pdf(f"<html><head><title>{text}</title>{style}</head><body>{text}</body></html>")


def plain_pdf(title: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if title:
        writer.add_metadata({"/Title": title})
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def png() -> bytes:
    def block(kind: bytes, body: bytes) -> bytes:
        sums = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sums

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = block(b"IHDR", head) + block(b"IDAT", zlib.compress(b"\0\0")) + block(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def mail(body: str = "Bonjour", sender: str = "a@x.test") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "b@x.test", "XDM/1.0/DDM+1"
    message["Date"], message["Message-ID"] = "Tue, 14 Jul 2026 09:30:00 +0200", "<1@editeur.fr>"
    message.set_content(body)
    return message.as_bytes()


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return held.getvalue()


def cda() -> bytes:
    now = datetime(2026, 7, 14, 9, 30, tzinfo=UTC)
    version = Version(
        document_id="D0001", lineage=PARTS.first_version("2.25.11", "2.25.10"), initial=None,
        patient=PATIENT, author=DOCTOR, practice=DOCTOR.practices[0], type=CONSULTATION,
        title="Compte rendu", text="Rien à signaler.", written=now, acted=now, pdf=printed(),
    )  # fmt: skip
    return PARTS.cda_of(version, ())


def xdm(document: bytes) -> bytes:
    now = datetime(2026, 7, 14, 9, 30, tzinfo=UTC)
    version = Version(
        document_id="D0001", lineage=PARTS.first_version("2.25.11", "2.25.10"), initial=None,
        patient=PATIENT, author=DOCTOR, practice=DOCTOR.practices[0], type=CONSULTATION,
        title="Compte rendu", text="x", written=now, acted=now, pdf=printed(),
    )  # fmt: skip
    version = replace(version, cda=document)
    return PARTS.archive_of(
        Submission(
            id="2.25.99", version=version, action="", sender=DOCTOR, practice=DOCTOR.practices[0],
            mailbox="a@x.test", addressees=(), submitted=now, product="Logiciel",
            product_version="4.2", editor="Éditeur",
        ),
        PARTS,
    )  # fmt: skip


Lint = Callable[..., Checked]


@pytest.fixture
def lint(tmp_path: Path, catalogue: Catalogue) -> Lint:
    """`lint({name: octets}, …)`: what is said of a folder of these files."""

    def call(
        files: dict[str, bytes],
        plan: bool = False,
        limits: Limits | None = None,
        candidate: Candidate | None = None,
    ) -> Checked:
        folder = tmp_path / "prepared"
        for name, octets in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
        folder.mkdir(exist_ok=True)
        who = candidate or Candidate(("1", "2"), ("SGL", "LGC"), (), ("web", "ciba"))
        asked = Asked(catalogue, limits=limits or Limits())
        if plan:
            asked = replace(asked, owed=owed_by(who, catalogue), product=OURS)
        return check_folder(folder, asked)

    return call


def codes(checked: Checked, severity: str = "refused") -> list[str]:
    return [remark.code for remark in checked.remarks if remark.severity == severity]


def only(checked: Checked) -> str:
    assert len(checked.remarks) == 1, checked.remarks
    return checked.remarks[0].what


SOUND: dict[str, Callable[[], bytes]] = {
    "PSC.01.01.01.mkv": movie,
    "PSC_08.01.01.pdf": printed,
    "PSC.08.01.01_Logiciel_4.2.pdf": printed,
    "MSS_va1.02.01.01.url": f"[InternetShortcut]\r\nURL={LINK}\r\n".encode,
    "MSS-va1.02.01.01.txt": LINK.encode,
    "MSS_va1.37.01.03.zip": lambda: zipped(a__eml=mail(), b__eml=mail("Au revoir")),
    "MSS_va1.37.01.01.zip": lambda: zipped(a__png=png(), b__xml=cda()),
}


@pytest.mark.parametrize("name", [name for name in SOUND if not name.startswith("PSC_08")])
def test_a_file_as_it_should_be_is_left_in_peace(lint: Lint, name: str) -> None:
    checked = lint({name: SOUND[name]()})

    assert checked.remarks == ()
    assert (checked.files, checked.fields) == (1, 1)


@pytest.mark.parametrize(
    ("name", "octets", "code", "what"),
    [
        ("PSC.01.01.01.mp4", png, "wrong-kind", "it is a picture"),
        ("PSC.01.01.01.mp4", printed, "wrong-kind", "it is a PDF"),
        ("PSC.08.01.01.pdf", mail, "wrong-kind", "it is the source of a mail"),
        ("MSS_va1.02.01.01.txt", lambda: b"see the report", "wrong-kind", "it contains no link"),
        ("PSC.01.01.01.mp4", lambda: b"", "unreadable", "the file is empty"),
        ("PSC.01.01.01.mkv", lambda: movie(2)[:4000], "unreadable", "not readable to the end"),
        ("PSC.08.01.01.png", lambda: png()[:-6], "unreadable", "damaged or cut short"),
        ("PSC.08.01.01.pdf", lambda: printed()[:500], "unreadable", "the PDF is damaged"),
        ("MSS_va1.37.01.03.zip", lambda: zipped(a__eml=mail())[:90], "unreadable", "archive"),
    ],
)
def test_the_wrong_kind_and_what_cannot_be_read(
    lint: Lint, name: str, octets: Callable[[], bytes], code: str, what: str
) -> None:
    checked = lint({name: octets()})

    assert code in codes(checked)
    assert any(what.removeprefix("it ") in remark.what for remark in checked.remarks)


def test_an_extension_is_never_believed(lint: Lint) -> None:
    assert lint({"PSC.01.01.01.dat": movie()}).remarks == ()


def test_a_field_without_a_file_is_missing_under_a_plan(lint: Lint) -> None:
    web = Candidate(("2",), ("LGC",), (), ("web",))

    empty = lint({}, plan=True, candidate=web)
    filmed = lint({"PSC.01.01.01.mkv": movie()}, plan=True, candidate=web)

    missing, left = ({r.file for r in each.remarks} for each in (empty, filmed))
    assert set(codes(empty)) == {"missing"}
    assert missing - left == {FILM}
    assert PAPER in left


def test_one_of_two_modes_is_enough(lint: Lint) -> None:
    both = Candidate(("2",), ("LGC",), (), ("web", "ciba"))

    none = lint({}, plan=True, candidate=both)
    one = lint({"PSC.01.03.01.mkv": movie()}, plan=True, candidate=both)

    assert {FILM, "PSC.01.03.01"} <= {r.file for r in none.remarks}
    assert FILM not in {r.file for r in one.remarks}


def test_a_file_that_no_field_takes_is_extra(lint: Lint) -> None:
    heavy = Candidate(("1",), ("LGC",), (), ("web",))

    stranger = lint({"letter.pdf": printed()})
    not_owed = lint({"PSC_va1.01.04.01.mkv": movie()}, plan=True, candidate=heavy)

    assert only(stranger) == "names no proof of the catalogue"
    assert not stranger.refused
    assert "PSC/va1.01.04.01 is not owed" in " ".join(r.what for r in not_owed.remarks)


def test_two_proofs_in_one_file(lint: Lint, tmp_path: Path) -> None:
    named = lint({"PSC.01.01.01_PSC.01.03.01.mkv": movie()})
    packed = lint({"PSC_va1.01.01.01.zip": zipped(a__mkv=movie(), b__mkv=movie())})
    links = lint({"MSS_va1.02.01.01.txt": f"{LINK}\n{LINK}5\n".encode()})

    assert "two-proofs" in codes(named)
    assert "two-proofs" in codes(packed)
    assert "2 links" in " ".join(r.what for r in links.remarks)


def test_two_files_for_one_field(lint: Lint) -> None:
    checked = lint({"PSC.01.01.01.mkv": movie(), "b/PSC.01.01.01.mkv": movie()})

    assert codes(checked) == ["two-files"]


def test_a_folder_can_name_the_proof(lint: Lint) -> None:
    assert lint({"PSC.01.01.01/film.mkv": movie()}).remarks == ()


@pytest.mark.parametrize(
    ("limits", "code", "what"),
    [
        (Limits(size_mb=0.001), "too-large", "MB"),
        (Limits(seconds=1), "too-long", "lasts 2 s"),
        (Limits(types=["mp4", ".MOV"]), "wrong-kind", "extension .mkv"),
    ],
)
def test_the_limits_of_the_platform(lint: Lint, limits: Limits, code: str, what: str) -> None:
    within = Limits(size_mb=100, seconds=10, types=["MKV"])

    over = lint({"PSC.01.01.01.mkv": movie(2)}, limits=limits)

    assert codes(over) == [code]
    assert what in only(over)
    assert lint({"PSC.01.01.01.mkv": movie(2)}, limits=within).remarks == ()


@pytest.mark.parametrize(
    ("name", "octets", "wrong"),
    [
        ("PSC.08.01.01_Logiciel_4.2.pdf", printed, ""),
        ("PSC.08.01.01_logiciel_v4.2.0.pdf", printed, ""),
        ("PSC.08.01.01_signature.pdf", printed, ""),
        ("PSC.08.01.01_Autre_4.2.pdf", printed, "its name says Autre"),
        ("PSC.08.01.01_Logiciel_4.1.pdf", printed, "its name says version 4.1"),
        ("PSC.08.01.01.pdf", lambda: printed("Logiciel version 4.2, CDA version 1.8"), ""),
        ("PSC.08.01.01.pdf", lambda: printed("Logiciel, version 3.9"), "text says version 3.9"),
        ("PSC.08.01.01.pdf", lambda: plain_pdf("Logiciel v3.9"), "its text says version 3.9"),
    ],
)
def test_what_a_file_says_of_the_product(
    lint: Lint, name: str, octets: Callable[[], bytes], wrong: str
) -> None:
    checked = lint({name: octets()}, plan=True)

    said = [r.what for r in checked.remarks if r.code == "wrong-product"]
    assert (wrong in said[0]) if wrong else not said


def test_what_the_index_says(lint: Lint) -> None:
    head = b"id,file,product,version,build,deposit\n"
    film = {"film.mkv": movie()}
    right = head + b"PSC.01.01.01,film.mkv,Logiciel,4.2,7,product\n"

    sound = lint(film | {"index.csv": right}, plan=True)
    older = lint(film | {"index.csv": right.replace(b",7,", b",6,")}, plan=True)
    shown = lint(film | {"index.csv": right.replace(b"product\n", b"rehearsal\n")}, plan=True)
    gone = lint(film | {"index.csv": right + b"PSC.08.01.01,gone.pdf,,,,\n"}, plan=True)

    own = [[r.code for r in each.remarks if r.file in ("film.mkv", "gone.pdf")]
           for each in (sound, older, shown, gone)]  # fmt: skip
    assert own == [[], ["wrong-product"], ["rehearsal"], ["missing"]]
    assert FILM not in {r.file for r in sound.remarks}


def test_a_rehearsal_is_no_deposit(lint: Lint) -> None:
    checked = lint({"PSC.01.01.01_REPETITION.mkv": movie()})

    assert codes(checked) == ["rehearsal"]


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        (LINK, []),
        ("https://interopsegur.esante.gouv.fr/gazelle/testing/test/42", []),
        ("https://interop.esante.gouv.fr/gazelle/report?oid=1.2", ["practice-host"]),
        ("https://interopsegur.esante.gouv.fr.attaquant.test/r?oid=1", ["practice-host"]),
        ("https://interopsegur.esante.gouv.fr@attaquant.test/r?oid=1", ["practice-host"]),
        ("https://attaquant.test/?u=interopsegur.esante.gouv.fr", ["practice-host"]),
    ],
)
def test_the_host_of_a_gazelle_link(lint: Lint, url: str, refused: list[str]) -> None:
    checked = lint({"MSS_va1.02.01.01.txt": url.encode()})

    assert codes(checked) == refused


def test_a_link_that_names_no_result_is_to_be_looked_at(lint: Lint) -> None:
    checked = lint({"MSS_va1.02.01.01.txt": b"https://interopsegur.esante.gouv.fr/evs/home"})

    assert codes(checked, "warning") == ["doubtful"]
    assert not checked.refused


@pytest.mark.parametrize(
    ("octets", "claims"), [(printed, True), (plain_pdf, False)], ids=["PDF/A", "plain"]
)
def test_a_pdf_a_1_is_claimed(
    tmp_path: Path, catalogue: Catalogue, octets: Callable[[], bytes], claims: bool
) -> None:
    proof = catalogue.proof(PAPER).model_copy(update={"kinds": ("pdfa1",)})
    (tmp_path / "PSC.08.01.01.pdf").write_bytes(octets())

    checked = check_folder(tmp_path, Asked(replace(catalogue, proofs=(proof,))))

    assert ("wrong-kind" not in codes(checked)) == claims


@pytest.mark.parametrize(
    ("text", "refused"),
    [("12345", False), ("https://tests-editeur.example/run/812", False), ("twelve", True),
     ("1 2", True)],
)  # fmt: skip
def test_the_number_of_a_run_is_one_integer(
    tmp_path: Path, catalogue: Catalogue, text: str, refused: bool
) -> None:
    proof = catalogue.proof(PAPER).model_copy(update={"kinds": ("tool_run_id",)})
    (tmp_path / "PSC.08.01.01.txt").write_text(text, encoding="utf-8")

    checked = check_folder(tmp_path, Asked(replace(catalogue, proofs=(proof,))))

    assert checked.refused == refused


def test_links_out_of_the_folder_are_not_followed(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "secret.mkv").write_bytes(movie())
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared" / "PSC.01.01.01.mkv").symlink_to(tmp_path / "secret.mkv")

    checked = lint({})

    assert [(r.code, r.what) for r in checked.remarks] == [("bad-name", "a link, not a file")]
    assert checked.files == 0


def test_names_that_are_no_text_are_told_in_one_line(lint: Lint, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "prepared")
    os.mkdir(folder)  # noqa: PTH102 - a name of octets
    for name in (b"PSC.01.01.01_\xff\xfe.mkv", b"PSC.08.01.01\r\nfaux.pdf"):
        with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123
            file.write(movie() if b"mkv" in name else printed())

    checked = lint({})

    assert {r.code for r in checked.remarks} == {"bad-name"}
    for remark in checked.remarks:
        assert (remark.file + remark.what).isprintable()
        assert (remark.file + remark.what).encode("utf-8")


def test_a_folder_of_a_hundred_thousand_files_is_one_sentence(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    for number in range(5_001):
        (tmp_path / f"{number}").touch()

    with pytest.raises(BundleFault, match="more than 5000 files"):
        check_folder(tmp_path, Asked(catalogue))


@pytest.mark.parametrize(
    ("name", "octets", "what"),
    [
        (
            "MSS_va1.37.01.03.zip",
            lambda: zipped(bomb=b"\0" * 50_000_000, b__eml=mail()),
            "the archive swells out of all proportion",
        ),
        (
            "MSS_va1.37.01.03.zip",
            lambda: zipped(**{f"a{n}": b"x" for n in range(501)}),
            "the archive contains too many files",
        ),
        (
            "MSS_va1.13.01.03.xml",
            lambda: b"<?xml version='1.0'?>" + b"<a>" * 5000 + b"</a>" * 5000,
            "it is nested too deep",
        ),
    ],
)
def test_what_is_made_to_hurt_is_one_sentence(
    lint: Lint, name: str, octets: Callable[[], bytes], what: str
) -> None:
    checked = lint({name: octets()})

    assert what in [remark.what for remark in checked.remarks]


def test_a_folder_that_is_none_is_one_sentence(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "file").touch()

    for path, why in ((tmp_path / "file", "a file, not a folder"), (tmp_path / "no", "nothing is")):
        with pytest.raises(BundleFault, match=why):
            check_folder(path, Asked(catalogue))
