"""Finds the pieces of a proof in what one scenario left behind: its events, blobs and film."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from conformance.catalogue.model import Kind, Piece, PieceSource
from conformance.documents import Unreadable
from conformance.documents.cda import Cda, read_cda
from conformance.documents.mail import read_mail
from conformance.documents.xdm import Archive, read_xdm
from conformance.journal.events import BlobRef, Event
from conformance.journal.notes import why_no_film

Deposit = Literal["rehearsal", "external", "product"]
Reason = Literal[
    "",
    "nothing-recorded",
    "film-check-failed",
    "film-cut-short",
    "film-not-kept",
    "film-over-ceiling",
    "film-not-made",
]

_MAIL = "message/rfc822"
_XDM_NAME = "IHE_XDM.ZIP"


@dataclass(frozen=True, slots=True)
class Found:
    """One file that shows something: octets of its own, or a film of the bundle pointed at.

    `at` is when it was recorded (RFC 3339, UTC). `deposit`: `rehearsal` where a mock took part,
    `external` where every service was external, `product` for what the product made.
    """

    name: str
    kind: Kind
    at: str
    deposit: Deposit
    octets: bytes = b""
    film: Path | None = None
    reason: Reason = ""


class Trail:
    """What one scenario left: its events by time, in the bundle `folder`.

    `mocked` is whether any service of the run was a mock: on what shows the screen, it took part.
    `filmed` is whether the run made films at all.
    """

    def __init__(
        self, folder: Path, events: Sequence[Event], *, mocked: bool = True, filmed: bool = True
    ) -> None:
        self._unfilmed: Reason = "nothing-recorded" if filmed else "film-not-made"
        self._shown: Deposit = "rehearsal" if mocked else "external"
        self._folder = folder
        self._events = events
        self._finders: dict[PieceSource, Callable[[int | None], Iterator[list[Found]]]] = {
            "film": self._films,
            "screenshot": self._screenshots,
            "mail": self._mails,
            "archive": self._archives,
            "document": self._documents,
            "log": self._logs,
            "declaration": self._declarations,
        }

    def find(self, piece: Piece, kinds: Sequence[Kind]) -> list[Found]:
        """The files of one piece; empty when the scenario left none.

        `kinds` are those the proof allows: a document gives its CDA and its PDF, or the PDF alone
        when nothing else is asked. `external` pieces are never found here.
        """
        finder = self._finders.get(piece.source)
        if finder is None:
            return []
        groups = [group for group in finder(piece.step) if group]
        if piece.source == "document" and "pdfa1" in kinds and "document" not in kinds:
            groups = [[found for found in group if found.kind == "pdfa1"] for group in groups]
        if piece.pick == "all":
            return [found for group in groups for found in group]
        chosen = groups[:1] if piece.pick == "first" else groups[-1:]
        return [found for group in chosen for found in group]

    def why_missing(self, piece: Piece) -> Reason:
        """Why a piece was not found: what the run says of its film, else that nothing is there."""
        if piece.source != "film":
            return "nothing-recorded"
        return why_no_film(self._events) or self._unfilmed

    def _at(self, step: int | None, *kinds: str) -> Iterator[Event]:
        for event in self._events:
            if event.kind in kinds and (step is None or event.step == step):
                yield event

    def _octets(self, blob: BlobRef) -> bytes | None:
        """The octets of a blob; None when the bundle lacks it or names it wrongly."""
        if len(blob.sha256) != 64 or not blob.sha256.isalnum():
            return None
        path = self._folder / "blobs" / blob.sha256
        return path.read_bytes() if path.is_file() else None

    def _films(self, _step: int | None) -> Iterator[list[Found]]:
        """A film shows the whole scenario, whatever the step."""
        ends = {e.data["file"]: e for e in self._at(None, "film.finished")}
        for started in self._at(None, "film.started"):
            file = PurePosixPath(str(started.data["file"]))
            path = self._folder / "video" / file.name
            if file.parts != ("video", file.name) or not path.is_file():
                continue
            end = ends.get(str(file))
            reason: Reason = "film-cut-short"
            if end is not None:
                reason = "" if end.data["ok"] else "film-check-failed"
            at = _moment(float(started.data["epoch"]))
            yield [Found(path.name, "video", at, self._shown, film=path, reason=reason)]

    def _screenshots(self, step: int | None) -> Iterator[list[Found]]:
        for event in self._at(step, "screenshot", "ui.seen"):
            for blob in event.blobs:
                octets = self._octets(blob)
                if octets is not None and blob.media_type.startswith("image/"):
                    extension = "jpg" if blob.media_type == "image/jpeg" else "png"
                    name = f"screenshot.{extension}"
                    yield [Found(name, "screenshot", event.at, self._shown, octets)]

    def _messages(self, step: int | None) -> Iterator[tuple[Event, bytes]]:
        for event in self._at(step, "mail.accepted"):
            for blob in event.blobs:
                octets = self._octets(blob)
                if octets is not None and blob.media_type == _MAIL:
                    yield event, octets

    def _mails(self, step: int | None) -> Iterator[list[Found]]:
        for event, octets in self._messages(step):
            yield [Found("mail.eml", "smtp_source", event.at, "product", octets)]

    def _archives(self, step: int | None) -> Iterator[list[Found]]:
        for event, octets in self._messages(step):
            yield [
                Found(_XDM_NAME, "xdm_archive", event.at, "product", archive)
                for archive in _archives_in(octets)
            ]

    def _documents(self, step: int | None) -> Iterator[list[Found]]:
        for event, octets in self._messages(step):
            for archive in _archives_in(octets):
                for cda, read in _cdas_in(archive):
                    files = [Found("document.xml", "document", event.at, "product", cda)]
                    if read.pdf is not None:
                        files.append(Found("document.pdf", "pdfa1", event.at, "product", read.pdf))
                    yield files

    def _logs(self, step: int | None) -> Iterator[list[Found]]:
        for event in self._at(step, "system.log", "action.finished"):
            text = event.data.get("text", "")
            if event.kind == "action.finished":
                exported = event.data["name"] == "export_traces"
                text = event.data["values"].get("log", "") if exported else ""
            octets = [self._octets(blob) for blob in event.blobs if event.kind == "system.log"]
            for content in (str(text).encode(), *octets):
                if content:
                    yield [Found("traces.log", "log", event.at, self._shown, content)]

    def _declarations(self, step: int | None) -> Iterator[list[Found]]:
        for event in self._at(step, "operator.said"):
            text = f"{event.at}\n{event.data['choice']}\n{event.data['note']}\n"
            kind: Kind = "written_commitment"
            yield [Found("declaration.txt", kind, event.at, self._shown, text.encode())]


def _archives_in(mail: bytes) -> list[bytes]:
    """The XDM archives attached to a message, by their name; none when it cannot be read."""
    try:
        attachments = read_mail(mail).attachments
    except Unreadable:
        return []
    return [part.octets for part in attachments if (part.filename or "").upper() == _XDM_NAME]


def _cdas_in(archive: bytes) -> Iterator[tuple[bytes, Cda]]:
    """The CDA documents of an archive, read; what cannot be read is left to the rules."""
    try:
        opened: Archive = read_xdm(archive)
    except Unreadable:
        return
    for _submission, entry, octets in opened.documents():
        if octets is None or entry.mime_type != "text/xml":
            continue
        try:
            yield octets, read_cda(octets)
        except Unreadable:
            continue


def _moment(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
