"""The proof package of bundles written here: one file a proof, in the order of the catalogue."""

import csv
import hashlib
import io
import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from common.identities import DOCTOR, PATIENT
from common.recording import Blob
from conformance.bundle.forms.proofs import ProofRow
from conformance.catalogue import Catalogue, Piece, Proof, Requirement, Scenario, Step, Text
from conformance.catalogue.model import Kind
from conformance.evidence.proofs.package import build_proofs
from conformance.journal import JournalWriter
from mocks.lps.document_parts import DocumentParts
from mocks.lps.documents.records import CONSULTATION, Version
from mocks.lps.documents.submission import Submission

SAID = Text(fr="Texte", en="Text")
PARTS = DocumentParts()
NOW = datetime(2026, 7, 14, 9, 30, tzinfo=UTC)
PDF = b"%PDF-1.4 stands for a real one"
PLAN = {"waves": ["1"], "corridor": "SGL", "profiles": []}


def proof(
    proof_id: str, *pieces: Piece, kinds: tuple[Kind, ...] = ("video",), **more: str
) -> Proof:
    about = {"requirement": "R.1", "scenario": "S.1"} | more
    return Proof(
        id=proof_id, kinds=kinds, made_from=pieces, title=SAID, trust="official", source="x",
        **about,
    )  # fmt: skip


def scenario(scenario_id: str, reason: Text | None = None) -> Scenario:
    return Scenario(
        id=scenario_id, title=SAID, mode="documents", waves=("1",), official=True,
        verifies=("R.1",), steps=(Step(n=1, title=SAID, expected=SAID),), reason=reason,
        trust="official", source="x",
    )  # fmt: skip


def catalogue(*proofs: Proof) -> Catalogue:
    owed = Requirement(
        id="R.1", wave="1", corridor=("SGL",), nature="must", statement=SAID, trust="official",
        source="x",
    )  # fmt: skip
    untold = scenario("S.3", reason=SAID)
    return Catalogue((owed,), (scenario("S.1"), scenario("S.2"), untold), proofs, "", {})


class Bundle:
    """A bundle being written, its events under the names of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = JournalWriter(folder, "main", os.urandom(32), time.perf_counter_ns())
        self._ended: str | None = None
        product = {"name": "Logiciel", "version": "2.4", "build": "7"}
        self.record("run.started", product=product, plan=PLAN)

    def record(self, kind: str, *blobs: Blob, **data: Any) -> None:
        self.writer.record(kind, data, source="bench", blobs=blobs)

    def scenario(self, name: str, ended: str | None = "completed") -> "Bundle":
        if self.writer.scenario:
            self.record("scenario.finished", id=self.writer.scenario, ended=self._ended)
        self.writer.scenario, self._ended = name, ended
        return self

    def step(self, n: int | None) -> "Bundle":
        self.writer.step = n
        return self

    def mail(self, octets: bytes) -> "Bundle":
        self.record("mail.accepted", Blob("message.eml", "message/rfc822", octets))
        return self

    def film(self, name: str, ok: bool | None = True) -> "Bundle":
        (self.folder / "video").mkdir(exist_ok=True)
        (self.folder / "video" / name).write_bytes(b"film " + name.encode())
        self.record("film.started", file=f"video/{name}", epoch=1_800_000_000.5)
        if ok is not None:
            self.record("film.finished", file=f"video/{name}", ok=ok)
        return self

    def rows(self, *proofs: Proof) -> list[ProofRow]:
        if self._ended is not None:
            self.scenario("", None)
        self.writer.close()
        return build_proofs(self.folder, catalogue(*proofs))

    def only_row(self, *proofs: Proof) -> ProofRow:
        (row,) = self.rows(*proofs)
        return row


@pytest.fixture
def bundle(tmp_path: Path) -> Iterator[Bundle]:
    made = Bundle(tmp_path)
    yield made
    made.writer.close()


def mail_with(archive: bytes | None, subject: str = "XDM/1.0/DDM") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@x.test", "b@x.test"
    message.set_content("Bonjour")
    if archive is not None:
        message.add_attachment(
            archive, maintype="application", subtype="zip", filename="IHE_XDM.ZIP"
        )
    return message.as_bytes()


def archive() -> bytes:
    version = Version(
        document_id="D0001", lineage=PARTS.first_version("2.25.11", "2.25.10"), initial=None,
        patient=PATIENT, author=DOCTOR, practice=DOCTOR.practices[0], type=CONSULTATION,
        title="Compte rendu", text="Rien à signaler.", written=NOW, acted=NOW, pdf=PDF,
    )  # fmt: skip
    version = replace(version, cda=PARTS.cda_of(version, ()))
    return PARTS.archive_of(
        Submission(
            id="2.25.99", version=version, action="", sender=DOCTOR, practice=DOCTOR.practices[0],
            mailbox="a@x.test", addressees=(), submitted=NOW, product="Logiciel",
            product_version="2.4", editor="Éditeur",
        ),
        PARTS,
    )  # fmt: skip


def test_a_film_is_pointed_at_and_never_copied(bundle: Bundle) -> None:
    bundle.scenario("S.1@ecps").film("S.1@ecps.mp4")

    row = bundle.only_row(proof("PSC/va1.01:x", Piece(source="film")))

    assert row == ProofRow(
        id="PSC/va1.01:x",
        file="../video/S.1@ecps.mp4",
        kind="video",
        sha256=hashlib.sha256(b"film S.1@ecps.mp4").hexdigest(),
        product="Logiciel",
        version="2.4",
        build="7",
        filmed_at="2027-01-15T08:00:00Z",
        deposit="rehearsal",
        made_from="film/last=../video/S.1@ecps.mp4",
        state="present",
        reason="",
    )
    assert [path.name for path in (bundle.folder / "proofs").iterdir()] == ["index.csv"]


def test_two_mails_of_one_proof_are_one_file_and_both_are_whole(bundle: Bundle) -> None:
    first, extra, last = (mail_with(None, subject) for subject in ("un", "deux", "trois"))
    bundle.scenario("S.1").step(4).mail(first).mail(extra).step(10).mail(last)
    pieces = (
        Piece(source="mail", step=4, pick="first"),
        Piece(source="mail", step=10, pick="first"),
    )

    row = bundle.only_row(proof("MSS/va1.37.01.03", *pieces, kinds=("smtp_source",)))

    octets = (bundle.folder / "proofs" / row.file).read_bytes()
    with zipfile.ZipFile(io.BytesIO(octets)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    assert row.file == "MSS_va1.37.01.03.zip"
    assert members == {"1-mail.eml": first, "2-mail.eml": last}
    assert row.sha256 == hashlib.sha256(octets).hexdigest()
    assert (row.deposit, row.kind) == ("product", "smtp_source")
    assert row.made_from == "mail@4/first=mail.eml; mail@10/first=mail.eml"


def test_a_proof_that_lacks_one_of_its_pieces_is_missing_and_says_which(bundle: Bundle) -> None:
    bundle.scenario("S.1").step(4).mail(mail_with(None))
    pieces = (Piece(source="mail", step=4), Piece(source="mail", step=10))

    row = bundle.only_row(proof("P.1", *pieces, kinds=("smtp_source",)))

    assert (row.state, row.reason, row.file) == ("missing", "nothing-recorded", "")
    assert row.made_from == "mail@4/last=mail.eml; mail@10/last=missing"


@pytest.mark.parametrize(("pick", "chosen"), [("first", ["un"]), ("last", ["deux"])])
def test_one_mail_among_several_is_picked(bundle: Bundle, pick: Any, chosen: list[str]) -> None:
    bundle.scenario("S.1").step(4).mail(mail_with(None, "un")).mail(mail_with(None, "deux"))

    piece = Piece(source="mail", step=4, pick=pick)
    row = bundle.only_row(proof("P.1", piece, kinds=("smtp_source",)))

    octets = (bundle.folder / "proofs" / row.file).read_bytes()
    assert row.file == "P.1.eml"
    assert octets == mail_with(None, chosen[0])


def test_archive_and_documents_come_out_of_the_mail_octet_for_octet(bundle: Bundle) -> None:
    sent = archive()
    bundle.scenario("S.1").step(4).mail(mail_with(sent))

    zipped, both, pdf = bundle.rows(
        proof("P.1", Piece(source="archive", step=4), kinds=("xdm_archive",)),
        proof("P.2", Piece(source="document", step=4), kinds=("document",)),
        proof("P.3", Piece(source="document", step=4), kinds=("pdfa1",)),
    )

    proofs = bundle.folder / "proofs"
    assert (proofs / zipped.file).read_bytes() == sent
    assert zipped.file == "P.1.zip"
    with zipfile.ZipFile(proofs / both.file) as opened:
        assert opened.namelist() == ["1-document.xml", "2-document.pdf"]
        assert b"ClinicalDocument" in opened.read("1-document.xml")
    assert (proofs / pdf.file).read_bytes() == PDF
    assert {zipped.deposit, both.deposit, pdf.deposit} == {"product"}


def test_a_mail_without_archive_gives_no_document(bundle: Bundle) -> None:
    bundle.scenario("S.1").step(4).mail(mail_with(None)).mail(b"no header at all")

    rows = bundle.rows(
        proof("P.1", Piece(source="archive", step=4), kinds=("xdm_archive",)),
        proof("P.2", Piece(source="document", step=4), kinds=("document",)),
    )

    assert [(row.state, row.reason) for row in rows] == [("missing", "nothing-recorded")] * 2


def test_what_is_obtained_elsewhere_is_not_tested(bundle: Bundle) -> None:
    bundle.scenario("S.1").film("S.1.mp4")

    row = bundle.only_row(proof("P.1", Piece(source="external"), kinds=("gazelle_link",)))

    assert (row.state, row.reason, row.file) == ("not_tested", "obtained-elsewhere", "")


def test_owed_proofs_of_scenarios_that_were_not_told_are_listed(bundle: Bundle) -> None:
    bundle.scenario("S.1").film("S.1.mp4")
    film = Piece(source="film")

    rows = bundle.rows(
        proof("P.1", film),
        proof("P.2", film, scenario="S.2"),
        proof("P.3", film, scenario="S.3"),
        proof("P.4", film, scenario="S.2", requirement="R.2"),
    )

    assert [(row.id, row.state, row.reason) for row in rows] == [
        ("P.1", "present", ""),
        ("P.2", "missing", "scenario-not-run"),
        ("P.3", "not_tested", "no-story"),
    ]


def test_the_telling_that_was_completed_is_preferred(bundle: Bundle) -> None:
    bundle.scenario("S.1@cps", "stopped").film("S.1@cps.mp4")
    bundle.scenario("S.1@ecps", "completed").film("S.1@ecps.mp4")

    row = bundle.only_row(proof("P.1", Piece(source="film")))

    assert row.file == "../video/S.1@ecps.mp4"


@pytest.mark.parametrize(("ok", "reason"), [(False, "film-check-failed"), (None, "film-cut-short")])
def test_a_doubtful_film_is_handed_over_with_its_doubt(
    bundle: Bundle, ok: bool | None, reason: str
) -> None:
    bundle.scenario("S.1").film("S.1.mp4", ok)

    row = bundle.only_row(proof("P.1", Piece(source="film")))

    assert (row.state, row.reason) == ("present", reason)


@pytest.mark.parametrize("file", ["../../secret.mp4", "/etc/passwd", "video/../../secret.mp4"])
def test_a_film_outside_the_bundle_is_not_followed(bundle: Bundle, file: str) -> None:
    bundle.scenario("S.1").record("film.started", file=file, epoch=0.0)

    row = bundle.only_row(proof("P.1", Piece(source="film")))

    assert row.state == "missing"


def test_a_screenshot_and_a_document_make_a_rehearsal_of_two_kinds(bundle: Bundle) -> None:
    bundle.scenario("S.1").step(4).mail(mail_with(archive()))
    bundle.record("ui.seen", Blob("sent.png", "image/png", b"\x89PNG"), what="sent")
    pieces = (Piece(source="document", step=4), Piece(source="screenshot", step=4))

    row = bundle.only_row(proof("P.1", *pieces, kinds=("document", "screenshot")))

    assert row.deposit == "rehearsal"
    assert row.kind == "document+pdfa1+screenshot"
    with zipfile.ZipFile(bundle.folder / "proofs" / row.file) as opened:
        assert opened.namelist() == ["1-document.xml", "2-document.pdf", "3-screenshot.png"]


def test_traces_and_declarations_are_files_too(bundle: Bundle) -> None:
    bundle.scenario("S.1").step(1)
    bundle.record("system.log", face="web", text="09:30 connexion PSC")
    bundle.record("operator.said", step=1, choice="done", note="Vu à l'écran")

    log, said = bundle.rows(
        proof("P.1", Piece(source="log"), kinds=("log",)),
        proof("P.2", Piece(source="declaration", step=1), kinds=("written_commitment",)),
    )

    proofs = bundle.folder / "proofs"
    assert (proofs / log.file).read_bytes() == b"09:30 connexion PSC"
    assert "Vu à l'écran" in (proofs / said.file).read_text(encoding="utf-8")


def test_the_index_holds_the_true_ids_and_names_legal_everywhere(bundle: Bundle) -> None:
    bundle.scenario("S.1").step(4).mail(mail_with(None))
    piece = Piece(source="mail", step=4)

    rows = bundle.rows(
        *(proof(name, piece, kinds=("smtp_source",)) for name in ("A/1:b", "A:1/b", "a_1_B"))
    )

    assert [row.file for row in rows] == ["A_1_b.eml", "A_1_b_2.eml", "a_1_B_3.eml"]
    text = (bundle.folder / "proofs" / "index.csv").read_bytes().decode("utf-8")
    listed = list(csv.DictReader(io.StringIO(text)))
    assert "\r" not in text
    assert [line["id"] for line in listed] == ["A/1:b", "A:1/b", "a_1_B"]
    assert list(listed[0]) == [
        "id", "file", "kind", "sha256", "product", "version", "build", "filmed_at", "deposit",
        "made_from", "state", "reason",
    ]  # fmt: skip


def test_the_package_is_a_function_of_the_folder(bundle: Bundle) -> None:
    bundle.scenario("S.1").step(4).mail(mail_with(archive()))
    proofs = (proof("P.1", Piece(source="document", step=4), kinds=("document",)),)

    first = bundle.rows(*proofs)
    (bundle.folder / "proofs" / "left-over.eml").write_bytes(b"of an earlier finish")
    again = build_proofs(bundle.folder, catalogue(*proofs))

    assert again == first
    assert sorted(path.name for path in (bundle.folder / "proofs").iterdir()) == [
        "P.1.zip",
        "index.csv",
    ]


def test_the_catalogue_of_the_bench_is_packaged_without_a_run(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()

    assert build_proofs(tmp_path) == []


def test_a_film_of_a_story_that_stopped_says_so(bundle: Bundle) -> None:
    bundle.scenario("S.1", ended="stopped").film("S.1.mp4")

    row = bundle.only_row(proof("P.1", Piece(source="film")))

    assert (row.state, row.reason) == ("present", "scenario-not-completed")
