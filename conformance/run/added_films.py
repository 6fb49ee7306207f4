"""Makes a new bundle with films made elsewhere: a sealed one is never touched."""

import contextlib
import json
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.bundle.files import write_whole
from conformance.bundle.reading import opened, sha256_of
from conformance.bundle.seal import MANIFEST
from conformance.bundle.verify import INTACT, verify
from conformance.errors import BundleFault
from conformance.evidence.elsewhere.placing import Laid
from conformance.evidence.film.chapters import webvtt
from conformance.evidence.screen.recorder import free_name
from conformance.journal import Journal, JournalWriter
from conformance.journal.kinds import FilmFinished, FilmStarted
from conformance.locale import _
from conformance.run.finish import Finished, finish

_MADE_ANEW = ("manifest.*", "findings.json", "report.*", "junit.xml", "proofs", "allure-results")
BACKEND = "import"


@contextlib.contextmanager
def sealed(bundle: Path) -> Iterator[Path]:
    """The folder of a bundle that is intact. Raises `BundleFault` with the reason when it is not.

    A film is laid on what was recorded: nobody may have changed that meanwhile.
    """
    verification = verify(bundle)
    if verification.code != INTACT:
        raise BundleFault(verification.sentences[0])
    with opened(bundle) as folder:
        yield folder


def add_films(
    source: Path, films: Sequence[Laid], out: Path, key: Path | None = None, lang: str | None = None
) -> Finished:
    """Make the bundle `out` from the sealed one in `source` and these films; judge and seal it.

    The octets of a film are kept as they are; captions stand beside it. `run.json` says from which
    manifest the bundle was made. Raises `BundleFault` when `out` is there or inside of `source`, or
    a film is in the bundle already; `OSError` when the disk refuses. Then `out` is taken away.
    """
    if out.exists():
        raise BundleFault(_("--out {path}: there already").format(path=out))
    if out.resolve().is_relative_to(source.resolve()):
        said = _("--out {path}: inside the sealed bundle {bundle}, expected a folder outside of it")
        raise BundleFault(said.format(path=out, bundle=source))
    _require_new(source, films)
    try:
        shutil.copytree(source, out, ignore=shutil.ignore_patterns(*_MADE_ANEW))
        _say_from_what(source, out)
        _record(out, [(laid, _kept(out, laid)) for laid in films])
        return finish(out, key, lang)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _require_new(source: Path, films: Sequence[Laid]) -> None:
    """Raises `BundleFault` for a film given twice, or kept already, of the same scenario."""
    kept = {
        (event.scenario, sha256_of(path))
        for event in Journal(source)
        if event.kind == "film.started" and (path := source / event.data["file"]).is_file()
    }
    for laid in films:
        one = (laid.scenario_run.name, sha256_of(laid.film))
        if one in kept:
            said = _("{film}: the bundle has this film of {name} already, expected another one")
            raise BundleFault(said.format(film=laid.film, name=laid.scenario_run.name))
        kept.add(one)


def _say_from_what(source: Path, out: Path) -> None:
    run: dict[str, Any] = json.loads((source / "run.json").read_bytes())
    earlier = [*run.get("made_from", []), {"manifest_sha256": sha256_of(source / MANIFEST)}]
    text = json.dumps(run | {"made_from": earlier}, ensure_ascii=False, indent=2)
    write_whole(out / "run.json", f"{text}\n".encode())


def _kept(out: Path, laid: Laid) -> str:
    """Copy a film under a free name, with its captions; gives its path in the bundle."""
    file = free_name(out, laid.scenario_run.name, laid.film.suffix.lower())
    shutil.copyfile(laid.film, out / file)
    captions = webvtt(laid.marks, laid.report.duration)
    vtt = (out / file).with_suffix(".vtt")
    vtt.write_text(captions, encoding="utf-8", newline="\n")
    return file


def _record(out: Path, films: Sequence[tuple[Laid, str]]) -> None:
    """Write what the films are into a journal part of their own, on the clock of the run."""
    parts = {path.stem for path in (out / "journal").iterdir()}
    name = next(f"films-{n}" for n in range(1, 10_000) if f"films-{n}" not in parts)
    writer = JournalWriter(out, name, secrets.token_bytes(32), _zero(out))
    try:
        for laid, file in films:
            writer.scenario = laid.scenario_run.name
            for kind, data in (("film.started", _started), ("film.finished", _finished)):
                writer.record(kind, data(laid, file), source="bench", witness="screen")
    finally:
        writer.close()


def _zero(folder: Path) -> int:
    """The zero of the run's clock, on the clock of this process: the run began at a known time."""
    first = next(iter(Journal(folder)))
    elapsed = time.time() - datetime.fromisoformat(first.at).timestamp()
    return time.perf_counter_ns() - first.mono - round(elapsed * 1e9)


def _started(laid: Laid, file: str) -> dict[str, Any]:
    return asdict(
        FilmStarted(
            file=file,
            backend=BACKEND,
            width=laid.report.width,
            height=laid.report.height,
            rate=round(laid.report.frames / laid.report.duration),
            epoch=laid.start.epoch,
            zero=laid.zero,
        )
    )


def _finished(laid: Laid, file: str) -> dict[str, Any]:
    return asdict(
        FilmFinished(
            file=file,
            ok=laid.report.ok,
            duration=laid.report.duration,
            expected_duration=round(laid.scenario_run.lasted, 3),
            width=laid.report.width,
            height=laid.report.height,
            black_share=laid.report.black_share,
            problems=list(laid.report.problems),
            chapters=len(laid.marks),
            made_elsewhere=True,
            limits=list(laid.report.limits),
            aligned_by=laid.start.by,
        )
    )
