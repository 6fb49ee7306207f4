"""When a film made elsewhere began: what its maker says, its mark, its metadata or its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conformance.evidence.elsewhere.qr_mark import start_by_mark
from conformance.evidence.film.ffmpeg import film_input, run_ffmpeg
from conformance.wording.films import By

_CREATED = re.compile(
    r"^\s*(?:com\.apple\.quicktime\.creationdate|creation_time)\s*:\s*(\S+)\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_IN_NAME = re.compile(
    r"(20\d\d)[-_. ]?([01]\d)[-_. ]?([0-3]\d)[-_. T]+([0-2]\d)[-_.h]?([0-5]\d)[-_.m]?([0-5]\d)"
)


@dataclass(frozen=True, slots=True)
class Start:
    """A moment at which the film may have begun: epoch seconds, and who says so."""

    epoch: float
    by: By


def starts(path: Path, duration: float, said: datetime | None) -> Iterator[Start]:
    """What tells when the film at `path`, `duration` seconds long, began; the surest first.

    `said` is what its maker says. A film that shows the mark needs no other witness. Raises
    `NotReady` without an ffmpeg, `BundleFault` when its marks disagree.
    """
    if said is not None:
        yield Start(said.timestamp(), "said")
        return
    marked = start_by_mark(path)
    if marked is not None:
        yield Start(marked, "mark")
        return
    for created in _created(path):
        yield Start(created, "metadata")
        yield Start(created - duration, "metadata-end")
    named = _named(path.name)
    if named is not None:
        yield Start(named, "name")


def _created(path: Path) -> list[float]:
    """The moments at which the file says that it was made; most say none."""
    done = run_ffmpeg(["-loglevel", "info", *film_input(path)])
    told = done.stderr.decode("utf-8", "replace")
    moments = []
    for text in dict.fromkeys(_CREATED.findall(told)):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        moments.append((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    return moments


def _named(name: str) -> float | None:
    """The local time in a name such as `2026-03-01 10-15-30.mkv`, as recorders write it."""
    found = _IN_NAME.search(name)
    if found is None:
        return None
    try:
        return datetime(*map(int, found.groups())).astimezone().timestamp()  # type: ignore[arg-type]
    except ValueError:
        return None
