"""A run as a whole: its folder, its shared key and clock, its workers, its end."""

import contextlib
import hashlib
import json
import platform
import secrets
import shutil
import time
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

from common.private_files import keys_folder
from common.recording import Blob
from conformance.bundle.files import write_whole
from conformance.bundle.reading import opened
from conformance.catalogue import catalogue_for, catalogue_in
from conformance.catalogue.choosing import recorded_for, recorded_like
from conformance.catalogue.official.recorded import BLOB, MEDIA_TYPE, Recorded
from conformance.checks.all_rules import all_rules
from conformance.checks.events import Documents, Events, ScenarioFacts
from conformance.comparing.deposit import as_deposited, deposit_of, write_deposit
from conformance.evidence.film.keeping import drop_films, worth_a_film
from conformance.journal import Event, JournalWriter, read_part
from conformance.journal.corrections import in_effect
from conformance.journal.notes import SLICE_JUDGED
from conformance.judging.aggregate import scenario_verdicts
from conformance.judging.agreement import digest_of
from conformance.judging.findings import ScenarioVerdict
from conformance.judging.grade import Grading
from conformance.judging.judge import grading_for, judge_scenario
from conformance.judging.scenario_facts import scenario_facts
from conformance.locale import set_language
from conformance.plan import Plan, load_plan
from conformance.run.finish import Finished, finish
from conformance.stage.options import Options
from conformance.stage.worker import Worker

SCHEMA_VERSION = 1


@dataclass(slots=True)
class RunSession:
    """The controlling process: makes the folder, writes `run.started`, finishes the bundle."""

    folder: Path
    options: dict[str, Any]
    run_key: bytes
    zero_ns: int
    writer: JournalWriter
    data: dict[str, Any]
    key: Path | None

    @classmethod
    def start(cls, option: Any, root: Path) -> "RunSession":
        """Make the bundle folder and record what will be run. Raises `OSError`, `PlanError`."""
        config = Path(option.banc_config) if option.banc_config else None
        plan, deposit = load_plan(config), None
        if option.banc_like:
            deposit = deposit_of(Path(option.banc_like))
            plan = as_deposited(plan, deposit.run)
        options = {
            "config": str(config) if config else None,
            "like": dict(deposit.run) if deposit else None,
            "film": not option.banc_no_video and option.banc_video != "none",
            "video": option.banc_video,
            "max_size": option.banc_max_size or plan.evidence.max_size,
            "workers": _workers(option),
            "lang": option.banc_lang,
            "lifetimes": option.banc_lifetimes,
            "mutant": option.banc_mutant,
            "strict": option.banc_strict,
        }
        reports = Path(option.banc_reports)
        folder = _new_folder(reports if reports.is_absolute() else root / reports)
        zero = time.perf_counter_ns()
        key = secrets.token_bytes(32)
        try:
            kept = _catalogue(plan, option)
            data = _run_started(folder.name, plan, options, option) | {"catalogue": kept.data}
            if deposit is not None:
                write_deposit(folder, deposit)
                data["like"] = {"manifest": deposit.manifest, "run_id": deposit.run_id}
            writer = JournalWriter(folder, "main", key, zero)
            session = cls(folder, options, key, zero, writer, data, plan.signing_key)
            blob = Blob(BLOB, MEDIA_TYPE, kept.octets)
            writer.record("run.started", data, source="bench", blobs=[blob])
            _write_run_json(folder, data, ended=None)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # nothing has been recorded yet
            raise
        return session

    def shared(self) -> dict[str, Any]:
        """What a worker process needs; goes over xdist's channel, never to a disk."""
        return {
            "folder": str(self.folder),
            "options": self.options,
            "run_key": self.run_key.hex(),
            "zero_ns": self.zero_ns,
        }

    def worker(self) -> "WorkerSession":
        """The only worker, in this very process."""
        return WorkerSession.make(self.folder, self.options, self.writer)

    def finish(self, *, interrupted: bool) -> Finished:
        """Close the journal, then judge, report and seal what there is."""
        self.close(interrupted=interrupted)
        return finish(self.folder, self.key)

    def close(self, *, interrupted: bool) -> None:
        """Close the journal and say how the run ended."""
        self.writer.close()
        ended = "interrupted" if interrupted else "completed"
        _write_run_json(self.folder, self.data, ended=ended)


@dataclass(slots=True)
class WorkerSession:
    """One process that runs scenarios: a stage and a part of the journal."""

    stage: Worker
    writer: JournalWriter
    grading: Grading
    failures_only: bool = False
    _scenarios: dict[str, ScenarioFacts] = field(default_factory=dict)
    _begun: list[Event] = field(default_factory=list)

    @classmethod
    def join(cls, shared: dict[str, Any], worker_id: str) -> "WorkerSession":
        """A worker of xdist, from what the controller shared."""
        folder = Path(shared["folder"])
        key = bytes.fromhex(shared["run_key"])
        writer = JournalWriter(folder, worker_id, key, shared["zero_ns"])
        return cls.make(folder, shared["options"], writer)

    @classmethod
    def make(cls, folder: Path, options: dict[str, Any], writer: JournalWriter) -> "WorkerSession":
        """A stage on this part of the journal."""
        set_language(options["lang"])
        plan = load_plan(Path(options["config"]) if options["config"] else None)
        if options["like"]:
            plan = as_deposited(plan, options["like"])
        like = options["like"] is not None
        catalogue = catalogue_in(folder) if like else catalogue_for(plan.imported_catalogue)
        stage = Worker(
            plan,
            catalogue,
            writer,
            Options(
                folder=folder,
                keys=keys_folder(),
                film=options["film"],
                lang=options["lang"],
                lifetimes=options["lifetimes"],
                mutant=options["mutant"],
                max_size=options["max_size"],
                workers=options["workers"],
            ),
        )
        run = {
            "plan": plan.summary() | {"strict": options["strict"]},
            "stage": plan.stage.model_dump(mode="json"),
        }
        first = read_part(folder / "journal" / "main.jsonl")
        begun = [event for event in islice(first, 1) if event.kind == "run.started"]
        failures_only = options["video"] == "failures"
        return cls(stage, writer, grading_for(run, catalogue), failures_only, _begun=begun)

    def judge_slice(self, name: str) -> ScenarioVerdict:
        """The verdict of the scenario that has just run, for the eye and for pytest."""
        told = in_effect([event for event in self.writer.recent() if event.scenario == name])
        events = [*self._begun, *told]
        facts = scenario_facts((name,), events, self._scenarios)[name]
        self._scenarios[name] = facts
        blobs = self.writer.folder / "blobs"
        documents = Documents(lambda sha: (blobs / sha).read_bytes())
        handed = Events(events, facts, documents, self._scenarios)
        findings = judge_scenario(handed, all_rules().values(), self.grading)
        verdict = scenario_verdicts(findings, {name: facts})[name]
        if self.failures_only and not worth_a_film(verdict):
            drop_films(self.writer.folder, told, self.writer)
        if facts.twin_done is not None or not facts.twin:  # a twin of another worker is unknown
            values = {"digest": digest_of(findings)}
            self.writer.record(
                "bench.note", {"what": SLICE_JUDGED, "values": values}, source="bench"
            )
        return verdict

    def stop(self) -> None:
        """Take the stage down and close this part."""
        self.stage.stop()
        self.writer.close()


def _workers(option: Any) -> int:
    """How many processes tell stories at the same time (`-n` of pytest-xdist)."""
    return max(1, int(getattr(option, "numprocesses", None) or 1))


def _new_folder(reports: Path) -> Path:
    """A fresh `reports/<run-id>`; the id is the local time, legal on every file system."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    for attempt in range(1, 1000):
        folder = reports / (stamp if attempt == 1 else f"{stamp}-{attempt}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise FileExistsError(f"{reports}: a thousand runs began at {stamp}")


def _catalogue(plan: Plan, option: Any) -> Recorded:
    """What the run keeps of the catalogue that judges it: the plan's, or the deposit's."""
    if option.banc_like:
        with opened(Path(option.banc_like)) as deposit:
            return recorded_like(deposit)
    return recorded_for(plan.imported_catalogue, with_texts=option.banc_with_texts)


def _run_started(run_id: str, plan: Plan, options: dict[str, Any], option: Any) -> dict[str, Any]:
    """The data of `run.started`: enough to judge again without the configuration file."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "bench": {"name": "banc", "version": _version(), "sha256": _bench_sha256()},
        "rules": {rule.id: rule.sha256 for rule in all_rules().values()},
        "product": plan.product.model_dump(mode="json"),
        "plan": plan.summary()
        | {
            "strict": options["strict"],
            "packs": list(option.banc_packs),
            "only": list(option.banc_only),
            "mutant": options["mutant"],
            "lifetimes": options["lifetimes"] or "by scenario",
        },
        "stage": plan.stage.model_dump(mode="json"),
        "expected": [entry.model_dump(mode="json", exclude_none=True) for entry in plan.expected],
        "environment": {
            "python": platform.python_version(),
            "system": platform.system(),
            "film": options["film"],
            "video": options["video"] if options["film"] else "none",
            "max_size": options["max_size"],
        },
        "lang": options["lang"],
    }


def _version() -> str:
    try:
        return metadata.version("banc")
    except metadata.PackageNotFoundError:
        return "0"


def _bench_sha256() -> str:
    """A hash over the sources of the engine, so that two benches can be told apart."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write_run_json(folder: Path, run: dict[str, Any], ended: str | None) -> None:
    """`run.json`: the facts of `run.started` and how the run ended (null: it was killed)."""
    text = json.dumps(run | {"ended": ended, "recovered": False}, ensure_ascii=False, indent=2)
    write_whole(folder / "run.json", f"{text}\n".encode())
