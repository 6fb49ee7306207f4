"""Which films a run makes and keeps: all, those of failures, and none over the size ceiling."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from common.recording import Recorder
from conformance.bundle.files import size_of
from conformance.journal import Event
from conformance.journal.notes import DROPPED, OVER_CEILING
from conformance.judging.findings import ScenarioVerdict, Verdict

Video = Literal["all", "failures", "none"]


LEAST_FILM = 500_000
"""Octets: with less room than a few seconds of film take, none is begun."""

_WORTH_A_FILM = (Verdict.FAIL, Verdict.ERROR, Verdict.NOT_READY)


@dataclass(frozen=True, slots=True)
class Room:
    """What a ceiling on the results of a run leaves for films; `workers` film at the same time."""

    folder: Path
    ceiling: int | None
    workers: int = 1

    def left(self) -> int | None:
        """Octets that the next film may take; None when there is no ceiling."""
        if self.ceiling is None:
            return None
        return max(0, self.ceiling - size_of(self.folder)) // self.workers

    def refuses(self, left: int | None, recorder: Recorder) -> bool:
        """Whether no film is begun any more; what stands in the way is recorded."""
        if left is None or left >= LEAST_FILM:
            return False
        values = {"ceiling": self.ceiling, "left": left}
        recorder.record("bench.note", {"what": OVER_CEILING, "values": values}, source="bench")
        return True


def worth_a_film(verdict: ScenarioVerdict) -> bool:
    """Whether `--video failures` keeps the film: refused (known or not), not ready, cut short.

    What a person must look at anyway (`review`) does not keep it: every film is such a proof.
    """
    failed = any(finding.verdict in _WORTH_A_FILM for finding in verdict.findings)
    return failed or verdict.ended != "completed"


def drop_films(folder: Path, told: Iterable[Event], recorder: Recorder) -> None:
    """Remove the films that one scenario left, and record it. Raises `OSError`."""
    for event in told:
        if event.kind == "film.finished":
            file = str(event.data["file"])
            path = folder / "video" / PurePosixPath(file).name
            size = path.stat().st_size if path.exists() else 0
            for piece in (path, path.with_suffix(".vtt")):
                piece.unlink(missing_ok=True)
            values = {"file": file, "octets": size}
            recorder.record("bench.note", {"what": DROPPED, "values": values}, source="bench")
