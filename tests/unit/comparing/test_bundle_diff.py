"""What differs between two bundles: matched by key, fingerprints renamed, worse first."""

from collections.abc import Iterator
from typing import Any

import pytest

from conformance import locale
from conformance.comparing.diff import compare, lines
from conformance.errors import BundleFault
from conformance.judging.findings import Finding, Verdict


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


KEY = {"scenario": "PSC.01.01"}


def finding(rule: Any, verdict: Any, **more: Any) -> Any:
    return Finding(rule, "PSC.01.01", "login 1", "held", Verdict(verdict), **more).to_json()


def document(*findings: Any, rules: Any = None) -> dict[str, Any]:
    return {"schema": 1, "findings": list(findings), "rules": rules or {}}


def test_each_change_is_sorted_by_what_it_means() -> None:
    old = document(
        finding("a.same", "pass"),
        finding("a.same", "fail") | {"key": {**KEY, "rule": "a.same", "subject": "crash 1"}},
        finding("b.worse", "pass"),
        finding("c.better", "fail"),
        finding("d.gone", "review"),
        finding("e.other", "fail", params={"expected": 1}),
    )
    new = document(
        finding("a.same", "pass"),
        finding("b.worse", "fail"),
        finding("c.better", "warning"),
        finding("e.other", "fail", params={"expected": 2}),
        finding("f.new", "pass"),
    )

    difference = compare(old, new)

    assert lines(difference) == [
        "worse: b.worse [PSC.01.01] login 1: no refusal found → refusal",
        "no longer tested: d.gone [PSC.01.01] login 1: was to review",
        "new: f.new [PSC.01.01] login 1: no refusal found",
        "gone: a.same [PSC.01.01] crash 1: was refusal",
        "same verdict for other facts: e.other [PSC.01.01] login 1: refusal",
        "better: c.better [PSC.01.01] login 1: refusal → warning",
    ]
    assert difference.changed
    assert difference.regressed


def test_the_same_findings_do_not_differ() -> None:
    one = document(finding("a", "pass", seen=("main:4",)), rules={"a": "1"})

    difference = compare(one, one, same_run=True)

    assert not difference.changed
    assert lines(difference) == ["No difference between the findings."]


def test_the_events_pointed_at_count_within_one_run_only() -> None:
    old = document(finding("a", "pass", seen=("main:4",)))
    new = document(finding("a", "pass", seen=("main:9",)))

    assert not compare(old, new).changed
    assert compare(old, new, same_run=True).changed


def test_fingerprints_are_the_same_when_they_appear_in_the_same_order() -> None:
    def with_tokens(first: str, second: str) -> dict[str, Any]:
        return document(
            finding("a", "fail", params={"token": {"secret": "access_token", "fp": first}}),
            finding("b", "fail", params={"line": f"AUTH XOAUTH2 ⟦access_token {second}⟧"}),
        )

    same = compare(with_tokens("aa", "aa"), with_tokens("bb", "bb"))
    other = compare(with_tokens("aa", "aa"), with_tokens("bb", "cc"))

    assert not same.changed
    assert [change.key[0] for change in other.other] == ["b"]
    assert other.other[0].after is not None
    assert other.other[0].after["params"] == {"line": "AUTH XOAUTH2 ⟦access_token#2⟧"}


def test_a_rule_in_another_version_is_told_with_its_changes() -> None:
    old = document(finding("a", "pass"), rules={"a": "1", "b": "1", "c": "1", "e": "1"})
    new = document(finding("a", "fail"), rules={"a": "2", "b": "1", "d": "1", "e": "2"})

    difference = compare(old, new)

    assert difference.rules_changed == ["a", "e"]
    assert lines(difference) == [
        "worse: a [PSC.01.01] login 1: no refusal found → refusal (the rule has changed)",
        "rule changed, same findings: e",
    ]


@pytest.mark.parametrize(("verdict", "regressed"), [("fail", True), ("review", False)])
def test_a_new_finding_is_a_regression_when_it_is_a_refusal(verdict: str, regressed: bool) -> None:
    assert compare(document(), document(finding("a", verdict))).regressed is regressed


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"findings": 3},
        {"findings": [1]},
        {"findings": [{"key": {}}]},
        {"findings": [finding("a", "pass") | {"verdict": "splendid"}]},
        {"findings": [finding("a", "pass") | {"verdict": []}]},
        {"findings": [], "rules": []},
    ],
)
def test_what_is_no_findings_file_is_said_to_be_none(wrong: Any) -> None:
    with pytest.raises(BundleFault, match=r"^findings\.json: "):
        compare(document(), wrong)
