"""What a rule says, in words: its title and one sentence for each answer, in French and English.

The words stand in `sentences.yaml` beside this module; findings only carry ids and parameters.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from string import Formatter

import yaml

from conformance.journal.events import Json
from conformance.locale import LANGUAGES, language

_VARIANTS = ("defect", "reason", "problem")


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
        {name: _shown(value) for name, value in params.items()}
    )


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
def _words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    text = resources.files("conformance.checks").joinpath("sentences.yaml").read_text("utf-8")
    loaded = yaml.safe_load(text)
    return {name: words for name, words in loaded.items() if not name.startswith("x-")}


def rules_with_words() -> Sequence[str]:
    """The ids of every rule that has words."""
    return list(_words())


def words_of(rule_id: str) -> Mapping[str, Mapping[str, str]]:
    """Title and templates of a rule, by answer. Raises `KeyError`."""
    return _words()[rule_id]


def _known(lang: str | None) -> str:
    return lang if lang in LANGUAGES else language()


def _shown(value: Json) -> str:
    """A parameter as it reads in a sentence."""
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    return "" if value is None else str(value)
