"""What findings may hold: the published schema, and nothing that changes by chance."""

import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema
import pytest

from conformance.checks.all_rules import all_rules
from conformance.checks.registry import Answer
from conformance.judging.findings import Finding, Verdict
from conformance.judging.grade import Grading, grade
from tests.unit.checks import checks_examples_mss, checks_examples_psc
from tests.unit.checks.checks_story import Story

VOLATILE = re.compile(
    r"https?://|localhost|127\.0\.0\.1|:\d{4,5}\b|/tmp|/home|\\\\"
    r"|\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}"
)


def schema() -> dict[str, Any]:
    text = resources.files("conformance.judging").joinpath("findings.schema.json")
    loaded: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return loaded


def document(*findings: dict[str, Any]) -> dict[str, Any]:
    return {"schema": 1, "rules": {"a.b": "0" * 64}, "changed_rules": [], "findings": [*findings]}


def all_findings() -> Iterator[Finding]:
    """The finding of everything that any rule says of any example."""
    grading = Grading({})
    for name, rule in all_rules().items():
        accepted = [*checks_examples_psc.ACCEPTED.get(name, ())]
        accepted += checks_examples_mss.ACCEPTED.get(name, ())
        refused = [*checks_examples_psc.REFUSED.get(name, ())]
        refused += checks_examples_mss.REFUSED.get(name, ())
        fault = rule.when[0] if isinstance(rule.when, tuple) else None
        for tell in (*accepted, *(tell for tell, *_ in refused)):
            story = Story({"fault": fault, "twin_done": True if fault else None})
            tell(story)
            for said in rule.check(story.events(rule)):
                yield grade(rule, said, "banc:example", grading)


def test_whatever_a_rule_says_fits_the_published_schema() -> None:
    found = [finding.to_json() for finding in all_findings()]

    jsonschema.Draft202012Validator(schema()).validate(document(*found))
    assert len(found) > 150


def test_no_rule_says_what_changes_by_chance() -> None:
    volatile = {
        (finding.rule, name): value
        for finding in all_findings()
        for name, value in finding.params.items()
        if VOLATILE.search(json.dumps(value))
    }

    assert volatile == {}


def test_the_schema_knows_the_words_of_the_bench() -> None:
    finding = schema()["$defs"]["finding"]["properties"]

    assert finding["verdict"]["enum"] == [str(verdict) for verdict in Verdict]
    assert set(finding["said"]["enum"]) == {*map(str, Answer), None}
    assert set(finding) == set(Finding("a", "", "x", None, Verdict.PASS).to_json())


@pytest.mark.parametrize(
    "change",
    [{"params": {"seconds": 1.5}}, {"verdict": "conform"}, {"seen": ["12"]}, {"duration": 3}],
)
def test_the_schema_refuses_what_no_finding_may_hold(change: dict[str, Any]) -> None:
    finding = Finding("a.b", "", "x", "held", Verdict.PASS).to_json() | change

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(document(finding))
