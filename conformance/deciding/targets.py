"""What a decision on a sealed bundle may be about: its manifest, and what can be decided."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.bundle.forms.findings import load_findings
from conformance.bundle.forms.proofs import INDEX, proof_rows
from conformance.bundle.reading import sha256_of
from conformance.bundle.seal import MANIFEST, SIGNATURE
from conformance.bundle.signature import read_signature
from conformance.bundle.verify import manifest_of
from conformance.catalogue import catalogue_in
from conformance.deciding.file import FindingKey, Target
from conformance.errors import BundleFault
from conformance.locale import _


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a decision may be about: the manifest of a bundle, and what can be decided in it."""

    manifest: str
    run_id: str
    verdicts: Mapping[FindingKey, str]
    proofs: frozenset[str]
    requirements: frozenset[str]

    def knows(self, target: Target) -> bool:
        """Whether the bundle holds what the decision is about."""
        if target.kind == "finding":
            return target.parts in self.verdicts
        return target.parts[0] in (self.proofs if target.kind == "proof" else self.requirements)


def sealed_in(folder: Path) -> Sealed:
    """What can be decided on in the bundle `folder`, its seal held for what is read here.

    Raises `BundleFault` when it is not sealed, or when manifest, findings or list of proofs are not
    as they were sealed.
    """
    manifest, signature = folder / MANIFEST, folder / SIGNATURE
    if not (manifest.is_file() and signature.is_file()):
        raise BundleFault(_("{path}: not sealed: its run did not finish").format(path=folder))
    octets = manifest.read_bytes()
    read = read_signature(signature.read_bytes(), octets)
    named = manifest_of(octets)
    if read is None or not read.holds or named is None:
        said = _("{path} or {other}: altered: the signature does not fit the manifest")
        raise BundleFault(said.format(path=MANIFEST, other=SIGNATURE))
    hashes = {file.path: file.sha256 for file in named.files}
    for name in ("findings.json", INDEX):
        path = folder / name
        if name in hashes and not (path.is_file() and sha256_of(path) == hashes[name]):
            raise BundleFault(_("{path}: altered").format(path=name))
    return Sealed(
        manifest=hashlib.sha256(octets).hexdigest(),
        run_id=named.run_id,
        verdicts=_verdicts(folder) if "findings.json" in hashes else {},
        proofs=frozenset(row.id for row in proof_rows(folder)) if INDEX in hashes else frozenset(),
        requirements=catalogue_in(folder).requirement_ids,
    )


def _verdicts(folder: Path) -> dict[FindingKey, str]:
    verdicts: dict[FindingKey, str] = {}
    for finding in load_findings(folder)["findings"]:
        key = finding["key"]
        verdicts[key["rule"], key["scenario"], key["subject"]] = str(finding["verdict"])
    return verdicts
