"""Each rule speaks French and English, with the same parameters, whatever it has to say."""

import re
from typing import Any

import pytest

from conformance.checks.all_rules import MODULES, all_rules
from conformance.checks.registry import Said
from conformance.checks.scenario import story_complete, system_survives
from conformance.checks.sentences import (
    placeholders,
    rules_with_words,
    sentence,
    shown,
    title,
    words_of,
)
from tests.unit.checks import checks_examples_mss, checks_examples_psc
from tests.unit.checks.checks_story import Story

STORIES = {
    name: [
        *checks_examples_psc.ACCEPTED.get(name, []),
        *checks_examples_mss.ACCEPTED.get(name, []),
        *(tell for tell, *_ in checks_examples_psc.REFUSED.get(name, [])),
        *(tell for tell, *_ in checks_examples_mss.REFUSED.get(name, [])),
    ]
    for name in {**checks_examples_psc.ACCEPTED, **checks_examples_mss.ACCEPTED}
}
ALL = sorted(all_rules())


def everything_said(rule_id: str) -> list[Said]:
    rule = all_rules()[rule_id]
    fault = rule.when[0] if isinstance(rule.when, tuple) else None
    found: list[Said] = []
    for tell in STORIES[rule_id]:
        story = Story({"fault": fault, "twin_done": True if fault else None})
        tell(story)
        found += rule.check(story.events(rule))
    return found


def test_the_rules_that_have_words_are_the_rules_there_are() -> None:
    assert MODULES
    assert {story_complete, system_survives} <= {rule.check for rule in all_rules().values()}

    assert sorted(rules_with_words()) == ALL


@pytest.mark.parametrize("rule_id", ALL)
def test_both_languages_say_the_same_with_the_same_parameters(rule_id: str) -> None:
    words = words_of(rule_id)

    for said, texts in words.items():
        assert set(texts) == {"fr", "en"}, said
        assert placeholders(texts["fr"]) == placeholders(texts["en"]), said
    assert "held" in words
    assert any(said.startswith(("broken", "unclear")) for said in words)
    assert not placeholders(title(rule_id, "fr"))


@pytest.mark.parametrize("rule_id", sorted(STORIES))
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_whatever_a_rule_says_has_its_sentence(rule_id: str, lang: str) -> None:
    for said in everything_said(rule_id):
        words = sentence(rule_id, str(said.answer), said.params, lang)

        assert words.endswith(".")
        assert "{" not in words


def test_a_list_reads_as_words_and_an_unknown_language_as_french() -> None:
    params: dict[str, Any] = {"sent": "openid", "missing": ["a", "b"]}

    said = sentence("psc.request.scope", "broken", params, "de")

    assert said == "Il manque a, b dans le scope demandé (« openid »)."


@pytest.mark.parametrize(
    ("name", "value", "french"),
    [
        ("defect", "birthplace", "lieu de naissance"),
        ("outcome", "refused", "refusée par le produit"),
        ("sent", "", "(rien)"),
        ("missing", [], "(rien)"),
        ("missing", ["openid", "scope_all"], "openid, scope_all"),
        ("version", 2, "2"),
    ],
)
def test_a_value_reads_as_words_and_nothing_is_said_as_such(
    name: str, value: Any, french: str
) -> None:
    assert shown(name, value, "fr") == french


def test_no_code_of_a_reader_is_left_in_a_sentence() -> None:
    codes = re.compile(r"\(([a-z]+-[a-z-]+|empty|bomb|encrypted|doctype)\)")

    left = {
        (rule_id, sentence(rule_id, str(one.answer), one.params, "fr"))
        for rule_id in STORIES
        for one in everything_said(rule_id)
        if codes.search(sentence(rule_id, str(one.answer), one.params, "fr"))
    }

    assert left - {row for row in left if "wallet-openid-configuration" in row[1]} == set()
