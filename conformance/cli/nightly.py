"""What a nightly job asks of `banc run` beside the run: compare, export, keep the folder small."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from conformance.bundle.finish import Finished
from conformance.cli.against import Against, Compared
from conformance.locale import _
from conformance.plan import Plan, PlanError

_OPTIONS = (
    click.option("--against", type=click.Path(path_type=Path), metavar="BUNDLE|FOLDER",
                 help="Exit with 1 on any verdict worse than there. A folder: the newest finished, "
                      "intact bundle of the same product and plan in it."),
    click.option("--junit", type=click.Path(path_type=Path), metavar="FILE",
                 help="Copy junit.xml of the bundle there too, where a build server looks."),
    click.option("--json", "as_json", is_flag=True, help="What was found, for a machine."),
)  # fmt: skip


def nightly_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a nightly job."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Night:
    """What a nightly job asked for, held to what there is before anything is started."""

    against: Against | None
    junit: Path | None
    as_json: bool

    @classmethod
    def before(cls, options: Mapping[str, Any], plan: Plan, packs: Sequence[str]) -> "Night":
        """Look at every option. Raises `BundleFault` and `PlanError` in one sentence each."""
        asked = options["against"]
        against = None
        if asked is not None:
            only, strict = options["only"], options["strict"]
            against = Against.before(asked, plan, packs, only, strict)
        junit = options["junit"]
        if junit is not None and (junit.is_dir() or not junit.resolve().parent.is_dir()):
            said = _("--junit {path}: expected a file in a folder that exists")
            raise PlanError([said.format(path=junit)])
        return cls(against, junit, options["as_json"])

    def closing(self, finished: Finished, gates: Sequence[str]) -> int:
        """Compare, export, print what was found; give the exit code."""
        from conformance.cli.progress import closing

        compared = self.against.compared(finished) if self.against else Compared(())
        code = closing(finished, gates, compared, quiet=self.as_json)
        if self.junit is not None and (finished.folder / "junit.xml").is_file():
            shutil.copyfile(finished.folder / "junit.xml", self.junit)
        if self.as_json:
            click.echo(json.dumps(self._facts(finished, compared, code), ensure_ascii=False))
        return code

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
