"""What a rule says, in words: its title and one sentence for each answer, in French and English.

The words stand in `sentences.yaml`, one in each folder of rules; findings only carry ids and
parameters.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

import yaml

from conformance.journal.events import Json
from conformance.locale import LANGUAGES, language

_VARIANTS = ("defect", "reason", "problem")
_NOTHING = {"fr": "(rien)", "en": "(nothing)"}


def title(rule_id: str, lang: str | None = None) -> str:
    """The rule's name for people. Raises `KeyError` for a rule without words."""
    return _words()[rule_id]["title"][_known(lang)]


def sentence(rule_id: str, said: str, params: Mapping[str, Json], lang: str | None = None) -> str:
    """What `said` (`held`, `broken`, `unclear`) means for this rule with these parameters.

    The template of the defect is taken when there is one, else that of the answer. Without `lang`
    it speaks the language of the process. Raises `KeyError` when no template exists, or when a
    parameter that it names is missing.
    """
    return template(rule_id, said, params)[_known(lang)].format_map(
        {name: shown(name, value, lang) for name, value in params.items()}
    )


def shown(name: str, value: Json, lang: str | None = None) -> str:
    """The value of a parameter as it reads in a sentence; nothing at all is said as such."""
    if isinstance(value, list):
        return ", ".join(shown(name, item, lang) for item in value) or _NOTHING[_known(lang)]
    if value is None or value == "":
        return _NOTHING[_known(lang)]
    worded = _values().get(name, {}).get(str(value))
    return worded[_known(lang)] if worded else str(value)


def template(rule_id: str, said: str, params: Mapping[str, Json]) -> Mapping[str, str]:
    """The template chosen for an answer, in each language."""
    templates = _words()[rule_id]
    for name in _VARIANTS:
        key = f"{said}.{params.get(name)}"
        if said != "held" and key in templates:
            return templates[key]
    return templates[said]


def placeholders(text: str) -> frozenset[str]:
    """The parameters that a template names."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@cache
def _loaded() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """The words of every folder of rules. Raises `ValueError` for words that are given twice."""
    rules = resources.files("conformance.checks")
    loaded: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    for folder in (rules, *rules.iterdir()):
        file = folder / "sentences.yaml"
        if not file.is_file():
            continue
        words = yaml.safe_load(file.read_text("utf-8"))
        if twice := sorted(words.keys() & loaded.keys()):
            raise ValueError(f"{file}: words given twice: {', '.join(twice)}")
        loaded |= words
    return loaded


@cache
def _words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return {name: words for name, words in _loaded().items() if not name.startswith("x-")}


def _values() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Words for the values of a parameter, by parameter and value."""
    return _loaded()["x-values"]


def rules_with_words() -> Sequence[str]:
    """The ids of every rule that has words."""
    return list(_words())


def words_of(rule_id: str) -> Mapping[str, Mapping[str, str]]:
    """Title and templates of a rule, by answer. Raises `KeyError`."""
    return _words()[rule_id]


def _known(lang: str | None) -> str:
    return lang if lang in LANGUAGES else language()
