"""Every rule has a story it accepts and one it refuses, and says each in both languages."""

import pytest

from conformance.checks.all_rules import MODULES, all_rules
from conformance.checks.registry import Answer, Rule, Said
from tests.unit.checks import checks_examples_mss, checks_examples_psc
from tests.unit.checks.checks_story import Story

ACCEPTED = {**checks_examples_psc.ACCEPTED, **checks_examples_mss.ACCEPTED}
REFUSED = {**checks_examples_psc.REFUSED, **checks_examples_mss.REFUSED}

_OURS = {module.__name__ for module in MODULES} - {"conformance.checks.scenario"}
RULES = {name: rule for name, rule in sorted(all_rules().items()) if rule.check.__module__ in _OURS}


def ask(rule: Rule, tell: object) -> list[Said]:
    """What a rule says of a story, handed to it as the engine would."""
    fault = rule.when[0] if isinstance(rule.when, tuple) else None
    story = Story({"fault": fault, "twin_done": True if fault else None})
    tell(story)  # type: ignore[operator]
    return list(rule.check(story.events(rule)))


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_an_accepted_and_a_refused_example(rule_id: str) -> None:
    assert ACCEPTED.get(rule_id), f"{rule_id}: no story that it accepts"
    assert REFUSED.get(rule_id), f"{rule_id}: no story that it refuses"


@pytest.mark.parametrize("rule_id", sorted(set(ACCEPTED) | set(REFUSED)))
def test_every_example_is_of_a_rule_that_exists(rule_id: str) -> None:
    assert rule_id in RULES


@pytest.mark.parametrize(
    ("rule_id", "place"), [(name, n) for name in ACCEPTED for n in range(len(ACCEPTED[name]))]
)
def test_what_is_right_is_accepted(rule_id: str, place: int) -> None:
    said = ask(RULES[rule_id], ACCEPTED[rule_id][place])

    assert {one.answer for one in said} == {Answer.HELD}, [(o.answer, o.params) for o in said]
    assert all(one.seen for one in said)


@pytest.mark.parametrize(
    ("rule_id", "place"), [(name, n) for name in REFUSED for n in range(len(REFUSED[name]))]
)
def test_what_is_wrong_is_refused_for_its_reason(rule_id: str, place: int) -> None:
    tell, answer, defect = REFUSED[rule_id][place]

    said = ask(RULES[rule_id], tell)

    against = [one for one in said if one.answer is not Answer.HELD]
    assert [str(one.answer) for one in against[:1]] == [answer], said
    assert {one.params.get("defect") for one in against} == {defect}
    assert all(one.seen for one in against)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_that_saw_nothing_says_nothing(rule_id: str) -> None:
    assert ask(RULES[rule_id], lambda story: None) == []


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_says_where_it_comes_from(rule_id: str) -> None:
    rule = RULES[rule_id]

    assert rule.summary.endswith(".")
    assert rule.source
    assert rule.requires


def test_no_parameter_is_a_float_or_a_path() -> None:
    for rule_id, tells in ACCEPTED.items():
        for tell in tells:
            for said in ask(RULES[rule_id], tell):
                for value in said.params.values():
                    assert not isinstance(value, float)
                    assert "://" not in str(value)


def test_what_the_reset_after_a_story_answers_ends_no_request() -> None:
    story = Story()
    story.ciba(interval=2)
    story.polls("authorization_pending")
    story.event("scenario.finished", {"ended": "completed"}, source="bench")
    story.polls("invalid_grant", "invalid_grant")
    rules = all_rules()

    said = [
        one
        for name in ("psc.ciba.stops-after-end", "psc.ciba.polling-interval")
        for one in rules[name].check(story.events(rules[name]))
    ]

    assert said == []
