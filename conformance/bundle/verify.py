"""`verify(bundle)`: what a seal proves, and no more: unchanged since it was sealed by that key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance.bundle.journals import Followed, follow
from conformance.bundle.keys import wanted_thumbprint
from conformance.bundle.reading import Contents, contents, name_problem
from conformance.bundle.seal import MANIFEST, SIGNATURE
from conformance.bundle.signature import Signature, Signer, read_signature
from conformance.errors import BundleFault
from conformance.locale import _, _n
from conformance.locale.system import reason_of

INTACT, ALTERED, NOT_SEALED, BENCH_ERROR = 0, 1, 2, 3


class ManifestFile(BaseModel):
    """One file of a manifest."""

    model_config = ConfigDict(extra="forbid", strict=True)
    path: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """`manifest.json`: every file of the bundle but itself and its signature."""

    model_config = ConfigDict(extra="forbid", strict=True)
    version: int = Field(alias="schema")
    run_id: str
    bench: dict[str, str]
    files: list[ManifestFile]


@dataclass(slots=True)
class Verification:
    """What was found: an exit code, sentences (the conclusion first), and whose key signed."""

    code: int
    sentences: list[str] = field(default_factory=list)
    signer: Signer | None = None


def verify(path: Path, key: str | None = None, deep: bool = False) -> Verification:
    """Tell whether a bundle (folder or zip) is unchanged since it was sealed.

    `key` (a file or an RFC 7638 thumbprint) refuses any other signer; `deep` also holds every event
    to the shape of its kind. Codes: 0 intact, 1 altered (each file is named) or by another key than
    the one wanted, 2 not sealed, no bundle or no key, 3 the bench could not tell, or wrote what it
    should not have written.
    """
    try:
        wanted = wanted_thumbprint(key) if key else None
    except BundleFault as fault:
        return Verification(NOT_SEALED, [str(fault)])
    try:
        with contents(path) as found:
            return verified(path, found, wanted, deep)
    except BundleFault as fault:
        return Verification(NOT_SEALED, [str(fault)])
    except OSError as error:
        said = _("{path}: cannot be read ({reason})")
        where = error.filename or path
        return Verification(BENCH_ERROR, [said.format(path=where, reason=reason_of(error))])


def verified(
    path: Path, found: Contents, wanted: str | None = None, deep: bool = False
) -> Verification:
    """As `verify`, of a bundle that is open already; `wanted` is the thumbprint of the only signer.

    Raises `OSError` when a file of it cannot be read.
    """
    names = found.files.keys() | {problem.path for problem in found.problems}
    if not {MANIFEST, SIGNATURE} & names:
        return _unsealed(path, found, deep)
    return _sealed(found, wanted, deep)


def _sealed(found: Contents, wanted: str | None, deep: bool) -> Verification:
    manifest_octets = _octets(found, MANIFEST)
    signature = read_signature(_octets(found, SIGNATURE), manifest_octets)
    altered = [problem.sentence for problem in found.problems]
    altered += _signature_problems(found, signature)
    manifest = manifest_of(manifest_octets)
    if manifest is None and MANIFEST in found.files:
        altered.append(_("{path}: not a manifest of this bench").format(path=MANIFEST))
    elif manifest is not None:
        altered += _differences(found, manifest)
    followed = follow(found.files, deep)
    altered += _chain_problems(found, followed)
    signer = signature.signer if signature else None
    stranger = wanted if signer and signer.thumbprint != wanted else None
    if altered:
        if stranger:
            altered.append(_not_by(stranger))
        unique = list(dict.fromkeys(altered))
        count = len(unique)
        headline = _n("Altered: {count} problem", "Altered: {count} problems", count)
        return Verification(ALTERED, [headline.format(count=count), *unique], signer)
    assert signer is not None and manifest is not None
    intact = _intact(manifest, signer, followed, wanted)
    if stranger:
        headline = _("Refused: sealed by another key than the one asked for")
        return Verification(ALTERED, [headline, _not_by(stranger), *intact.sentences], signer)
    return intact


def _not_by(key: str) -> str:
    return _("{path}: not sealed by key {key}").format(path=SIGNATURE, key=key)


def _intact(
    manifest: Manifest, signer: Signer, followed: Followed, wanted: str | None
) -> Verification:
    if followed.misshapen:
        said = _("Unchanged, but the bench wrote events that do not have the shape of their kind")
        return Verification(BENCH_ERROR, [said, *followed.misshapen], signer)
    said = _(
        "Unchanged since it was sealed by {key}: {files} files, {events} events. Who owns that "
        "key is not proven."
    )
    headline = said.format(
        key=signer.sentence(wanted), files=len(manifest.files), events=sum(followed.lines.values())
    )
    return Verification(INTACT, [headline, *followed.sentences()], signer)


def _unsealed(path: Path, found: Contents, deep: bool) -> Verification:
    """A run that was killed: what is recorded is followed to the last whole line of each part."""
    followed = follow(found.files, deep)
    if not followed.lines:
        said = _("{path}: not a bundle: it contains no journal").format(path=path)
        return Verification(NOT_SEALED, [said])
    sentences = [_("{path}: not sealed: its run did not finish").format(path=path)]
    whole = _("{path}: {lines} whole lines, whose chain is intact")
    for name, lines in followed.lines.items():
        if name not in followed.faults:
            sentences.append(whole.format(path=name, lines=lines))
    sentences += followed.sentences()
    sentences += [problem.sentence for problem in found.problems]
    sentences += _blob_problems(found, followed)
    return Verification(NOT_SEALED, sentences + followed.misshapen)


def _octets(found: Contents, name: str) -> bytes:
    path = found.files.get(name)
    return path.read_bytes() if path else b""


def _signature_problems(found: Contents, signature: Signature | None) -> Iterator[str]:
    named = {problem.path for problem in found.problems}
    missing = [name for name in (MANIFEST, SIGNATURE) if name not in found.files]
    if missing:
        yield from (_("{path}: missing").format(path=n) for n in missing if n not in named)
    elif signature is None:
        yield _("{path}: not a signature of this bench").format(path=SIGNATURE)
    elif not signature.holds:
        said = _("{path} or {other}: altered: the signature does not fit the manifest")
        yield said.format(path=MANIFEST, other=SIGNATURE)


def manifest_of(octets: bytes) -> Manifest | None:
    """The manifest in these octets; None when they are none of this bench."""
    try:
        return Manifest.model_validate_json(octets)
    except ValidationError:
        return None


def _differences(found: Contents, manifest: Manifest) -> Iterator[str]:
    """One sentence for every file that is not as it was sealed."""
    sealed = {file.path: file for file in manifest.files}
    present = found.files.keys() - {MANIFEST, SIGNATURE}
    yield from filter(None, map(name_problem, sealed))
    if len(sealed) != len(manifest.files):
        yield _("{path}: names a file twice").format(path=MANIFEST)
    named = {problem.path for problem in found.problems}
    for name in sorted(sealed.keys() & present):
        if found.sha256(name) != sealed[name].sha256:
            yield _("{path}: altered").format(path=name)
    missing = sorted(sealed.keys() - present - named)
    added = sorted(present - sealed.keys() - named)
    yield from _moved(found, missing, added, sealed)


def _moved(
    found: Contents,
    missing: list[str],
    added: list[str],
    sealed: Mapping[str, ManifestFile],
) -> Iterator[str]:
    by_hash = {found.sha256(name): name for name in added}
    renamed: set[str] = set()
    for name in missing:
        other = by_hash.pop(sealed[name].sha256, None)
        if other is None:
            yield _("{path}: missing").format(path=name)
        else:
            renamed.add(other)
            yield _("{path}: renamed to {other}").format(path=name, other=other)
    for name in added:
        if name not in renamed:
            yield _("{path}: added").format(path=name)


def _chain_problems(found: Contents, followed: Followed) -> list[str]:
    broken = set(followed.broken)
    sentences = followed.sentences()
    said = [s for s, name in zip(sentences, followed.faults, strict=True) if name in broken]
    return said + _blob_problems(found, followed)


def _blob_problems(found: Contents, followed: Followed) -> list[str]:
    """Octets that an event names and that are not there, or are not those."""
    problems = []
    for sha256 in sorted(followed.blobs):
        name = f"blobs/{sha256}"
        if name not in found.files:
            problems.append(_("{path}: missing").format(path=name))
        elif found.sha256(name) != sha256:
            problems.append(_("{path}: altered").format(path=name))
    return problems
