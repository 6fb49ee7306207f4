"""What banc.toml may say of a page, and what is told of a mistake in it."""

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from conformance.drivers.browser.steps import (
    ActionTable,
    SeeTable,
    UrlMark,
    applies,
    as_see_table,
    filled,
    problems_of_action,
    problems_of_see,
)

pytestmark = pytest.mark.usefixtures("english")

SEND = """
steps = [
  {open = "/compose"},
  {fill = "#to", value = "{to}"},
  {check = "#patient", when = {patient = true}},
  {select = "#doc", value = "{document_id}"},
  {press = "Enter", at = "#to"},
  {dialog = "accept"},
  {wallet = true},
]
done_when = {url = "/sent/*"}
refused_when = ".error"
within = 5
[values]
"offer.recipients" = {selector = "li", all = true}
"""


def table(text: str) -> ActionTable:
    return ActionTable.model_validate(tomllib.loads(text))


def test_an_action_reads_as_it_is_written() -> None:
    send = table(SEND)

    assert [
        next(iter(step.model_fields_set - {"when"})) in step.model_dump() for step in send.steps
    ]
    assert send.done_when == UrlMark(url="/sent/*")
    assert send.values["offer.recipients"].all
    assert list(problems_of_action("send_document", send)) == []


def test_placeholders_take_arguments_and_nothing_else() -> None:
    arguments = {"to": ["a@x.test", "b@x.test"], "patient": True, "index": 0}

    texts = [filled(text, arguments) for text in ("{to}", "[p={patient}]", "#n{index}", "{X}{4}")]

    assert texts == ["a@x.test, b@x.test", "[p=true]", "#n0", "{X}{4}"]


def test_a_step_is_played_for_the_value_it_names() -> None:
    step = table('steps = [{click = "x", when = {answer = "accept"}}]').steps[0]

    assert applies(step, {"answer": "accept"})
    assert not applies(step, {"answer": "decline"})


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ({"steps": [{"clik": "x"}]}, "steps.0", "exactly one of open, click"),
        ({"steps": [{"click": "x", "open": "/"}]}, "steps.0", "exactly one of"),
        ({"steps": [{"click": ""}]}, "steps.0.click.click", "at least 1 character"),
        ({"steps": [{"click": "x", "wen": {}}]}, "steps.0.click.wen", "Extra inputs"),
        ({"done_when": 3}, "done_when", "string"),
        ({"within": 0}, "within", "greater than 0"),
        ({"values": {"a": {"attribute": "x"}}}, "values.a", "either selector or url"),
        (
            {"values": {"a": {"url": True, "pattern": "("}}},
            "values.a.pattern",
            "regular expression",
        ),
        ({"values": {"a": {"url": True, "pattern": "x"}}}, "values.a.pattern", "one group"),
        ({"surprise": 1}, "surprise", "Extra inputs"),
    ],
)
def test_a_mistake_is_named_by_its_place(wrong: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ActionTable.model_validate(wrong)

    errors = caught.value.errors()
    assert any(".".join(map(str, error["loc"])).startswith(place) for error in errors)
    assert any(words in error["msg"] for error in errors)


def test_names_outside_the_vocabulary_are_told() -> None:
    foreign = table(
        'steps = [{fill = "#x", value = "{ins}"}, {click = "y", when = {form = "page"}}]'
    )

    assert next(problems_of_action("dance", foreign)).startswith("actions.dance: unknown action")
    assert list(problems_of_action("logout", foreign)) == [
        "actions.logout.steps.0: {ins} is not an argument, expected no argument",
        "actions.logout.steps.1: {form} is not an argument, expected no argument",
    ]
    assert next(problems_of_see("weather")).startswith("see.weather: unknown observation")
    assert list(problems_of_see("sent")) == []


def test_a_bare_selector_is_a_table_of_one() -> None:
    assert as_see_table("#error") == SeeTable(selector="#error")


def test_a_url_mark_fits_a_piece_of_the_url() -> None:
    mark = UrlMark(url="/documents/*/sent")

    assert mark.fits("https://lps.test/documents/12/sent?x=1")
    assert not mark.fits("https://lps.test/documents/sent")
