"""Films of a run that was killed: the chapters that nobody was left to write."""

import subprocess
from pathlib import Path, PurePosixPath

from conformance.evidence.film.chapters import Mark
from conformance.evidence.film.checks import check
from conformance.evidence.film.finishing import finish_file
from conformance.journal import Event, Journal
from conformance.locale import _


def recover_films(folder: Path) -> list[str]:
    """Give each film of `folder` that was cut short its chapters and captions, from the journal.

    Films that were finished, or recovered before, are left alone. What could not be done is in the
    sentences given back; the film is then as the run left it. Raises `NotReady` without an ffmpeg.
    """
    problems = []
    for started, events in _cut_short(Journal(folder)):
        path = folder / "video" / PurePosixPath(str(started.data["file"])).name
        if not path.is_file() or path.with_suffix(".vtt").exists():
            continue
        try:
            finish_file(path, _marks(started, events), check(path, 0).duration)
        except (OSError, subprocess.SubprocessError) as error:
            sentence = _("{name}: chapters and captions could not be added ({why})")
            problems.append(sentence.format(name=path.name, why=error))
    return problems


def _cut_short(journal: Journal) -> list[tuple[Event, list[Event]]]:
    """Each start of a film without its end, and the events of its scenario."""
    cut = []
    for name, places in journal.index().items():
        events = journal.slice(places)
        ended = {event.data["file"] for event in events if event.kind == "film.finished"}
        for event in events if name else []:
            if event.kind == "film.started" and event.data["file"] not in ended:
                cut.append((event, events))
    return cut


def _marks(started: Event, events: list[Event]) -> list[Mark]:
    zero = int(started.data["zero"])
    return [
        Mark((event.mono - zero) / 1e9, int(event.data["n"]), str(event.data["title"]))
        for event in events
        if event.kind == "step.started" and event.mono >= started.mono
    ]
