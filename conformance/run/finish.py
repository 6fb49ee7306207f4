"""`finish(folder)`: judge, proofs, reports, seal. A function of the folder alone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rfc8785

from conformance.bundle.files import no_room, write_whole
from conformance.bundle.keys import signing_key
from conformance.bundle.reading import opened
from conformance.bundle.seal import MANIFEST, seal
from conformance.comparing.deposit_difference import likeness_in
from conformance.errors import BundleFault
from conformance.evidence.film.recovery import recover_films
from conformance.evidence.proofs.package import build_proofs
from conformance.judging.findings import Judgement, findings_json
from conformance.judging.judge import judge
from conformance.locale import _, set_language
from conformance.reporting import write_reports
from conformance.reporting.additions import Beside
from conformance.reporting.sections.deposited import deposited


@dataclass(slots=True)
class Finished:
    """A finished bundle. `problems` are sentences about what could not be made of it.

    `whole` tells that the run went to its end: nobody interrupted it, nothing killed it.
    """

    folder: Path
    judgement: Judgement
    whole: bool = True
    problems: list[str] = field(default_factory=list)


def finish(folder: Path, key_path: Path | None = None, lang: str | None = None) -> Finished:
    """Judge and seal what was recorded in `folder`.

    A report that cannot be made is a problem of the bench, said in `problems`; verdicts and seal
    come all the same. A run that was killed is marked `recovered` in `run.json`.
    Raises `BundleFault`, before anything is written, when the folder is no run that can be judged
    and sealed, and `OSError` when the disk takes no more: what was recorded is then as it was.
    """
    key = signing_key(key_path)
    _sealable(folder)
    done = Finished(folder, judge(folder))
    if not done.judgement.run:
        said = _("{path}: its journal contains no run: there is nothing to judge")
        raise BundleFault(said.format(path=folder))
    done.whole = _ended(folder) == "completed"
    done.problems += recover(folder, done.judgement.run)
    judgement = done.judgement
    write_whole(folder / "findings.json", rfc8785.dumps(findings_json(judgement)))
    language = lang or str(judgement.run.get("lang", "fr"))
    for name, make in _reports(done, language).items():
        _attempt(done, name, make)
    seal(folder, key)
    return done


def recover(folder: Path, begun: Mapping[str, Any]) -> list[str]:
    """Mark a bundle whose run never said how it ended, and chapter its films.

    `begun` is the data of `run.started`. Gives a sentence for each film that could not be.
    """
    if _ended(folder) is not None:
        return []
    run = {**begun, "ended": None, "recovered": True}
    text = json.dumps(run, ensure_ascii=False, indent=2) + "\n"
    write_whole(folder / "run.json", text.encode("utf-8", "backslashreplace"))
    return recover_films(folder)


def _sealable(folder: Path) -> None:
    """Checks that the folder can be sealed, before a file of it is changed."""
    if folder.is_file():
        raise BundleFault(_("{path}: a file, expected the folder of a run").format(path=folder))
    with opened(folder):
        if (folder / MANIFEST).exists():
            raise BundleFault(_("{path}: sealed already").format(path=folder))


def _ended(folder: Path) -> str | None:
    """How the run says that it ended; None when it was killed, or what it said was lost."""
    try:
        run = json.loads((folder / "run.json").read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    ended = run.get("ended") if isinstance(run, dict) else None
    return ended if isinstance(ended, str) else None


def _reports(done: Finished, language: str) -> dict[str, Callable[[], None]]:
    """The reports to write; none when not even their contents could be drawn together."""
    try:
        set_language(language)
        judgement = done.judgement
        proofs = build_proofs(done.folder)
        likeness = likeness_in(done.folder, findings_json(judgement), judgement.scenarios)
        beside = Beside(deposited=deposited(likeness))
        return write_reports(done.folder, judgement, proofs, language, beside)
    except Exception as error:
        if no_room(error):
            raise
        done.problems.append(f"reports: {type(error).__name__}: {error}")
        return {}


def _attempt(done: Finished, name: str, make: Callable[[], None]) -> None:
    try:
        make()
    except Exception as error:
        if no_room(error):
            raise
        done.problems.append(f"{name}: {type(error).__name__}: {error}")
