"""`finish(folder)`: judge, proofs, reports, seal. A function of the folder alone (CONTRACTS §9)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import rfc8785

from conformance.bundle.keys import signing_key
from conformance.bundle.seal import seal
from conformance.evidence.package import build_proofs
from conformance.judging.findings import Judgement
from conformance.judging.judge import findings_json, judge
from conformance.reporting import write_reports

OUTPUTS = ("findings.json", "report.html", "report.pdf", "junit.xml", "manifest.json")


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
    recover(folder)
    judgement = judge(folder)
    done = Finished(folder, judgement)
    _write(folder / "findings.json", rfc8785.dumps(findings_json(judgement)))
    language = lang or str(judgement.run.get("lang", "fr"))
    proofs = build_proofs(folder)
    for name, make in write_reports(folder, judgement, proofs, language).items():
        _attempt(done, name, make)
    seal(folder, signing_key(key_path))
    return done


def recover(folder: Path) -> None:
    """Mark a bundle whose run never said how it ended."""
    path = folder / "run.json"
    if not path.is_file():
        return
    run = json.loads(path.read_text(encoding="utf-8"))
    if run.get("ended") is None and not run.get("recovered"):
        run["recovered"] = True
        _write(path, (json.dumps(run, ensure_ascii=False, indent=2) + "\n").encode())


def _attempt(done: Finished, name: str, make: Callable[[], None]) -> None:
    try:
        make()
    except Exception as error:  # noqa: BLE001 - said below; verdicts and seal must still come
        done.problems.append(f"{name}: {type(error).__name__}: {error}")


def _write(path: Path, octets: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(octets)
    fresh.replace(path)
