"""The vocabulary in words, in types and in the OpenAPI file is one vocabulary."""

from importlib import resources

import pytest

from conformance.drivers.actions import ACTIONS, SEES
from conformance.drivers.adapter.contract import BadAnswer, as_yaml, openapi, outcome_of
from conformance.drivers.adapter.vocabulary import ARGUMENTS, VALUES


def test_types_name_the_arguments_and_values_of_the_words() -> None:
    typed = {name: set(model.model_fields) for name, model in ARGUMENTS.items()}
    worded = {name: set(action.arguments) for name, action in ACTIONS.items()}
    results = {name: set(model.model_fields) for name, model in VALUES.items()}

    assert typed == worded
    assert results == {name: set(action.values) for name, action in ACTIONS.items()}


def test_the_openapi_file_is_the_one_made_from_the_models() -> None:
    kept = resources.files("conformance.drivers") / "adapter.openapi.yaml"

    assert kept.read_text(encoding="utf-8") == as_yaml()


def test_every_word_has_its_path() -> None:
    paths = openapi()["paths"]

    assert set(paths) == {
        *(f"/actions/{name}" for name in ACTIONS),
        *(f"/see/{what}" for what in SEES),
        "/reset",
    }


@pytest.mark.parametrize("digits", ["4", "421", "ab"])
def test_digits_are_two_digits(digits: str) -> None:
    with pytest.raises(BadAnswer, match=r"^values\.digits: "):
        outcome_of(
            "start_psc_login", f'{{"outcome": "done", "values": {{"digits": "{digits}"}}}}'.encode()
        )
