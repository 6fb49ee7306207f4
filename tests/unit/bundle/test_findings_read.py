"""`findings.json` of a stranger: what the form leaves free is held to RFC 8785, text included."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.bundle.forms.findings import load_findings
from conformance.errors import BundleFault

FINDING: dict[str, Any] = {
    "key": {"rule": "r", "scenario": "s", "subject": "login 1"},
    "said": "held", "verdict": "pass", "params": {"count": 3, "names": ["a", None, True]},
    "seen": ["main:1"], "witness": "wire", "reason": None, "known": False,
}  # fmt: skip


def loaded(folder: Path, octets: bytes) -> dict[str, Any]:
    (folder / "findings.json").write_bytes(octets)
    return load_findings(folder)


def document(**changes: Any) -> dict[str, Any]:
    return {"findings": [FINDING, {**FINDING, **changes}], "rules": {"r": "0" * 64}}


@pytest.mark.parametrize(
    "changes",
    [{}, {"params": {}}, {"added later": [1.5]}, {"key": {**FINDING["key"], "added": 7}}],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_form_of_this_bench_and_what_a_later_one_adds_are_read(
    tmp_path: Path, changes: dict[str, Any], encoding: str
) -> None:
    told = document(**changes)

    assert loaded(tmp_path, json.dumps(told).encode(encoding)) == told


@pytest.mark.parametrize(
    "changes",
    [
        {"params": {"count": 2**60}},
        {"params": {"count": float("nan")}},
        {"params": {"name": "\ud800"}},
        {"added later": 2**60},
        {"key": {**FINDING["key"], "added": 2**60}},
        {"key": {**FINDING["key"], "subject": "\ud800"}},
        {"seen": ["\udfff"]},
        {"reason": "\udabc"},
    ],
)
def test_what_no_two_machines_write_alike_is_refused_wherever_it_stands(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    told = document(**changes)

    for octets in (
        json.dumps(told).encode(),
        json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        json.dumps(told, ensure_ascii=False).encode("utf-16", "surrogatepass"),
    ):
        with pytest.raises(BundleFault, match=r"findings\.json"):
            loaded(tmp_path, octets)
