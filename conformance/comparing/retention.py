"""Keeps a reports folder small: removes old bundles that are recognised as ours, and no others.

Removed is only a folder (no link) that holds a whole run of the same product and plan, is as it was
sealed (so that nothing of it is anybody else's), by no other lasting key than the user's own, has
no decisions beside it, and in it neither a film made elsewhere nor what an auditor compared with.
"""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from conformance.bundle.verify import verify
from conformance.comparing.earlier_runs import Kin, follows, runs_in, unusable
from conformance.deciding.decisions import decisions_folder
from conformance.locale import _
from conformance.locale.system import sentence_of


def surplus(reports: Path, kin: Kin, keep: int, spared: Collection[Path]) -> list[Path]:
    """The bundles in `reports` beyond the `keep` newest of their kin that may be removed.

    Those that cannot be compared with (cut short, altered) neither count nor go.
    """
    kept = {path.resolve() for path in spared}
    good = 0
    gone = []
    for run in runs_in(reports):
        if not run.path.is_dir() or not follows(kin, run.run) or unusable(run.path) is not None:
            continue
        good += 1
        if good > keep and run.path.resolve() not in kept and _ours(run.path):
            gone.append(run.path)
    return gone


def remove(bundles: Collection[Path]) -> tuple[list[str], list[str]]:
    """Remove these folders; the names of those removed, a sentence for each that could not be."""
    names, problems = [], []
    for folder in bundles:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            said = _("{path}: could not be removed whole ({reason})")
            problems.append(said.format(path=folder, reason=sentence_of(error)))
        else:
            names.append(folder.name)
    return names, problems


def _ours(bundle: Path) -> bool:
    """Whether nobody had a hand in it: no decisions beside it, no film or deposit in it.

    Nor may it be sealed by a lasting key that is not the user's.
    """
    if decisions_folder(bundle).exists() or (bundle / "like").exists():
        return False
    if json.loads((bundle / "run.json").read_bytes()).get("made_from"):
        return False
    signer = verify(bundle).signer
    return signer is not None and (signer.known or signer.who == "run")
