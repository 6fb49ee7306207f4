"""What a nightly job asks of `banc run` beside the run: compare, export, keep the folder small."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import click

from conformance.bundle.files import size_of
from conformance.cli.run.against import Against, Compared
from conformance.comparing.earlier_runs import Kin
from conformance.comparing.retention import remove, surplus
from conformance.errors import PlanError
from conformance.evidence.film.keeping import Video
from conformance.journal.events import parse_event
from conformance.journal.notes import DROPPED, OVER_CEILING
from conformance.locale import _, _n
from conformance.plan import Plan
from conformance.plan.sizes import LEAST, in_words, octets
from conformance.run.finish import Finished

_OPTIONS = (
    click.option("--against", type=click.Path(path_type=Path), metavar="BUNDLE|FOLDER",
                 help="Exit with 1 on any verdict worse than there. A folder: the newest finished, "
                      "intact bundle of the same product and plan in it."),
    click.option("--junit", type=click.Path(path_type=Path), metavar="FILE",
                 help="Copy junit.xml of the bundle there too, where a build server looks."),
    click.option("--json", "as_json", is_flag=True, help="What was found, for a machine."),
    click.option("--video", type=click.Choice(get_args(Video)),
                 help="Which films to keep: all (default), failures (refused, not ready, cut "
                      "short), none (headless, as --no-video)."),
    click.option("--max-size", metavar="SIZE",
                 help="Ceiling of the bundle (500MB): once it is reached nothing more is filmed."),
    click.option("--keep", type=click.IntRange(min=1), metavar="N",
                 help="Then keep the N newest bundles of this product and plan in --reports, and "
                      "remove older ones that are whole, intact and not decided upon."),
)  # fmt: skip


def nightly_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a nightly job."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Night:
    """The options of a nightly job, checked before anything is started."""

    against: Against | None
    junit: Path | None
    keep: int | None
    as_json: bool

    @classmethod
    def before(cls, options: Mapping[str, Any], plan: Plan, packs: Sequence[str]) -> "Night":
        """Look at every option. Raises `BundleFault` and `PlanError` in one sentence each."""
        _require_video(options)
        _require_size(options["max_size"])
        if options["as_json"] and options["like"] is not None:
            raise PlanError(
                [_("--json cannot stand beside --like: banc diff --json compares them")]
            )
        junit = options["junit"]
        if junit is not None and (junit.is_dir() or not junit.resolve().parent.is_dir()):
            said = _("--junit {path}: expected a file in a folder that exists")
            raise PlanError([said.format(path=junit)])
        against = None
        if options["against"] is not None:
            only, strict = options["only"], options["strict"]
            against = Against.before(options["against"], plan, packs, only, strict)
        return cls(against, junit, options["keep"], options["as_json"])

    def closing(self, finished: Finished, gates: Sequence[str]) -> int:
        """Compare, export, print what was found; give the exit code."""
        from conformance.cli.run.closing import closing

        compared = self.against.compared(finished) if self.against else Compared(())
        for sentence in (*film_sentences(finished), *self._tidied(finished)):
            click.echo(sentence, err=True)
        code = closing(finished, gates, compared, quiet=self.as_json)
        if self.junit is not None and (finished.folder / "junit.xml").is_file():
            shutil.copyfile(finished.folder / "junit.xml", self.junit)
        if self.as_json:
            click.echo(json.dumps(self._facts(finished, compared, code), ensure_ascii=False))
        return code

    def _tidied(self, finished: Finished) -> list[str]:
        """Remove old bundles as `--keep` asks; a run that was cut short removes nothing."""
        if self.keep is None or not finished.whole:
            return []
        earlier = self.against.chosen.earlier if self.against else None
        spared = [finished.folder, *([earlier.path] if earlier else [])]
        kin = Kin.of(finished.judgement.run)
        names, problems = remove(surplus(finished.folder.parent, kin, self.keep, spared))
        if names:
            said = _n("removed: {names}", "removed: {names}", len(names))
            problems.insert(0, said.format(names=", ".join(names)))
        return problems

    def _facts(self, finished: Finished, compared: Compared, code: int) -> dict[str, Any]:
        from conformance.judging.exit_code import counts

        facts = {
            "bundle": str(finished.folder),
            "code": code,
            "whole": finished.whole,
            "counts": counts(finished.judgement),
            "problems": finished.problems,
        }
        return facts | ({"against": compared.to_json()} if self.against else {})


def film_sentences(finished: Finished) -> list[str]:
    """What was not filmed or not kept, and whether the results are over their ceiling."""
    ceiling = finished.judgement.run.get("environment", {}).get("max_size")
    notes = Counter(str(data.get("what")) for data in _notes(finished.folder))
    said = []
    if number := notes[DROPPED]:
        one = _n("{n} film was not kept: its scenario did not fail",
                 "{n} films were not kept: their scenarios did not fail", number)  # fmt: skip
        said.append(one.format(n=number))
    if number := notes[OVER_CEILING]:
        one = _n("{n} scenario was not filmed: the results had reached their ceiling",
                 "{n} scenarios were not filmed: the results had reached their ceiling",
                 number)  # fmt: skip
        said.append(one.format(n=number))
    size = size_of(finished.folder) if ceiling else 0
    if ceiling and size > ceiling:
        over = _("{path}: {size}, over its ceiling of {ceiling}: only films are left out for it")
        about = {"size": in_words(size), "ceiling": in_words(ceiling)}
        said.append(over.format(path=finished.folder, **about))
    return said


def _notes(folder: Path) -> Iterator[Mapping[str, Any]]:
    """The notes of the bench in a journal, found without reading every event."""
    for part in sorted((folder / "journal").glob("*.jsonl")):
        with part.open("rb") as lines:
            for line in lines:
                if b'"kind":"bench.note"' in line and line.endswith(b"\n"):
                    yield parse_event(part.stem, line).data


def _require_video(options: Mapping[str, Any]) -> None:
    if options["no_video"] and options["video"] not in (None, "none"):
        said = _("--video {video}: contradicts --no-video")
        raise PlanError([said.format(video=options["video"])])


def _require_size(asked: str | None) -> None:
    try:
        octets(LEAST if asked is None else asked)
    except ValueError as error:
        said = _("--max-size {size}: expected {expected}")
        raise PlanError([said.format(size=asked or "''", expected=error)]) from error
