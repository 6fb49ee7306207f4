"""The `banc.toml` that the answers of `banc init` make, and what is left to do by hand."""

import json
import textwrap
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined

from conformance.catalogue import load_catalogue
from conformance.init.questions import Answers, command_words, split_address
from conformance.locale import _, phrase
from conformance.plan.applicability import owed
from conformance.plan.loading import parse_plan

TEMPLATE = "banc.toml.html"
_WIDTH = 98
_FIRST = {"web": ("PSC.01.01", "banc:psc-web-login"), "desktop": ("PSC.01.03", "banc:psc-ciba-w1")}


def text_of(answers: Answers, guide: str) -> str:
    """The text of `banc.toml`; `guide` is where its comments send the reader.

    Raises `PlanError` when the answers together make no plan, which no answer alone shows.
    """
    environment = Environment(
        loader=BaseLoader(),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters["toml"] = _toml
    environment.filters["comment"] = _comment
    source = resources.files(__package__).joinpath(TEMPLATE).read_text("utf-8")
    text = environment.from_string(source).render(**_values(answers), guide=guide, _=_)
    parse_plan(text.encode("utf-8"), "banc.toml", None, date.today())
    return text


def first_scenario(answers: Answers) -> str:
    """The scenario to begin with: the official one that the plan owes, else one of the bench's."""
    stories = owed(load_catalogue(), [answers["wave"]], [answers["corridor"]]).scenarios
    owed_ids = {story.id: story.means for story in stories}
    for name in _FIRST[answers["mode"]]:
        if name in owed_ids:
            return f"{name}@ecps" if len(owed_ids[name]) > 1 else name
    return "banc:psc-ciba-login" if answers["mode"] == "desktop" else "banc:psc-web-login"


def remaining(answers: Answers) -> list[str]:
    """What is left to fill in, one sentence each."""
    left = []
    if answers["start"]:
        left.append(_("env: how your product learns where the mocks are"))
    else:
        left.append(_("the settings of your product, which banc serve --export writes for it"))
    if answers["driver"] == "browser":
        left.append(_("[actions.…]: the words of your pages and buttons, here only guessed"))
        left.append(_("[see]: where your pages show who is signed in"))
    elif answers["driver"] == "adapter":
        left.append(phrase("your adapter, which answers at {address}", address=answers["address"]))
    return left


def _values(answers: Answers) -> dict[str, Any]:
    origin, path = split_address(answers["address"])
    uris = {key: _uri(answers[key], answers) for key in ("redirect_uri", "post_logout_uri")}
    return {
        **answers,
        **uris,
        "address": answers["address"].rstrip("/") if answers["driver"] == "adapter" else origin,
        "login_path": path,
        "start": command_words(answers["start"]) if answers["start"] else None,
        "scenario": first_scenario(answers),
    }


def _uri(given: str, answers: Answers) -> str:
    """A path is one of the product's address; an adapter stands elsewhere on the same host."""
    if not given.startswith("/"):
        return given
    base = split_address(answers["address"])[0] if answers["driver"] == "adapter" else "{address}"
    return base + given


def _toml(value: str | list[str]) -> str:
    """A string, or a list of strings, as TOML writes them."""
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _comment(sentence: str) -> str:
    """A sentence as lines of comment."""
    return "\n".join(
        f"# {line}" for line in textwrap.wrap(sentence, _WIDTH, break_on_hyphens=False)
    )


def write_new(path: Path, text: str) -> None:
    """Write the file, in folders made for it. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
