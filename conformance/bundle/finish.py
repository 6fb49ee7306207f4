"""`finish(folder)`: judge, proofs, reports, seal. A function of the folder alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import rfc8785

from conformance.bundle.keys import signing_key
from conformance.bundle.seal import seal
from conformance.evidence.package import build_proofs
from conformance.evidence.recovery import recover_films
from conformance.judging.findings import Judgement
from conformance.judging.judge import findings_json, judge
from conformance.reporting import write_reports


@dataclass(slots=True)
class Finished:
    """A finished bundle. `problems` are sentences about what could not be made of it."""

    folder: Path
    judgement: Judgement
    problems: list[str] = field(default_factory=list)


def finish(folder: Path, key_path: Path | None = None, lang: str | None = None) -> Finished:
    """Judge and seal what was recorded in `folder`.

    A report that cannot be made is a problem of the bench, said in `problems`; verdicts and seal
    come all the same. A run that was killed is marked `recovered` in `run.json`.
    Raises `FileNotFoundError` when the folder holds no journal.
    """
    done = Finished(folder, judge(folder))
    done.problems += recover(folder)
    judgement = done.judgement
    _write(folder / "findings.json", rfc8785.dumps(findings_json(judgement)))
    language = lang or str(judgement.run.get("lang", "fr"))
    for name, make in _reports(done, language).items():
        _attempt(done, name, make)
    seal(folder, signing_key(key_path))
    return done


def recover(folder: Path) -> list[str]:
    """Mark a bundle whose run never said how it ended, and chapter its films.

    Gives a sentence for each film that could not be.
    """
    path = folder / "run.json"
    run = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if run.get("ended") is not None:
        return []
    run["recovered"] = True
    _write(path, (json.dumps(run, ensure_ascii=False, indent=2) + "\n").encode())
    return recover_films(folder)


def _reports(done: Finished, language: str) -> dict[str, Callable[[], None]]:
    """The reports to write; none when not even their contents could be drawn together."""
    try:
        proofs = build_proofs(done.folder)
        return write_reports(done.folder, done.judgement, proofs, language)
    except Exception as error:  # noqa: BLE001 - said here; verdicts and seal must still come
        done.problems.append(f"reports: {type(error).__name__}: {error}")
        return {}


def _attempt(done: Finished, name: str, make: Callable[[], None]) -> None:
    try:
        make()
    except Exception as error:  # noqa: BLE001 - said below; verdicts and seal must still come
        done.problems.append(f"{name}: {type(error).__name__}: {error}")


def _write(path: Path, octets: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(octets)
    fresh.replace(path)
