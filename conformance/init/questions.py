"""The ten questions of `banc init`: why each is asked, what is usual, what is an answer."""

import os
import re
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from common.folding import fold_accents
from conformance.catalogue.model import CORRIDORS
from conformance.locale import N_, _
from conformance.plan.loading import no_url
from conformance.plan.model import PLACES

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer among several: its word in `banc.toml` and what it means."""

    word: str
    means: str


@dataclass(frozen=True, slots=True)
class Field:
    """One answer: its key in an answers file, its label where a question has several.

    `usual` gives the default from the answers so far, `wrong` the sentence about an answer that is
    none; `folder` is where `banc.toml` will stand. `optional` lets it be empty.
    """

    key: str
    usual: Callable[[Answers, Path], str]
    label: str = ""
    choices: tuple[Choice, ...] = ()
    wrong: Callable[[str, Answers, Path], str | None] = lambda _given, _before, _folder: None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One of the ten: what is asked, why, and its answers."""

    asks: str
    why: str
    fields: tuple[Field, ...]


def put_right(field: Field, given: str) -> str:
    """The answer as `banc.toml` wants it; a choice by its word in any case, or by its number."""
    given = given.strip()
    words = [choice.word for choice in field.choices]
    if given.lower() in [word.lower() for word in words]:
        return words[[word.lower() for word in words].index(given.lower())]
    if given.isdecimal() and 1 <= int(given) <= len(words):
        return words[int(given) - 1]
    return given


def complaint(field: Field, given: str, before: Answers, folder: Path) -> str | None:
    """The sentence about an answer that will not do; None for one that will."""
    if not given:
        return None if field.optional else _("an answer is expected")
    if not given.isprintable():
        return _("{value} contains a control character").format(value=repr(given))
    words = [choice.word for choice in field.choices]
    if words and given not in words:
        upper = {word.upper(): word for word in words}
        near = get_close_matches(given.upper(), upper, 1)
        hint = _(" (did you mean {name}?)").format(name=upper[near[0]]) if near else ""
        said = _("{value} is none of the choices{near}, expected {known}")
        return said.format(value=repr(given), near=hint, known=", ".join(words))
    return field.wrong(given, before, folder)


def _named_after_folder(_before: Answers, folder: Path) -> str:
    return folder.resolve().name.replace("-", " ").replace("_", " ").strip().capitalize()


def _usual_address(before: Answers, _folder: Path) -> str:
    port = "{port}" if before.get("start") else "8080"
    path = "/banc" if before.get("driver") == "adapter" else "/"
    return f"http://localhost:{port}{path}"


def _usual_client(before: Answers, _folder: Path) -> str:
    plain = fold_accents(before.get("name", "").lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "mon-produit"


def _wrong_command(given: str, _before: Answers, folder: Path) -> str | None:
    try:
        words = command_words(given)
    except ValueError as error:
        said = _("{value} is not a command ({reason})")
        return said.format(value=repr(given), reason=error)
    if unknown := _unknown_place(given):
        return unknown
    program = words[0]
    if "{" in program or shutil.which(program) or (folder / program).is_file():
        return None
    said = _("{value} is no program of this machine, expected a command or nothing")
    return said.format(value=repr(program))


def _wrong_address(given: str, before: Answers, _folder: Path) -> str | None:
    if unknown := _unknown_place(given):
        return unknown
    if why := no_url(given):
        example = "http://localhost:8080/login"
        said = _("{value}: {reason}, expected an address such as {example}")
        return said.format(value=repr(given), reason=why, example=example)
    if "{port}" in given and not before.get("start"):
        said = _(
            "{value} lets the bench choose the port, but the bench does not start the product: "
            "expected the port it listens on"
        )
        return said.format(value=repr(given))
    return None


def _wrong_product(given: str, before: Answers, folder: Path) -> str | None:
    """Where the product is: a command that asks for a port needs an address that leaves it one."""
    if said := _wrong_address(given, before, folder):
        return said
    if "{port}" in before.get("start", "") and "{port}" not in given:
        said = _("{value} leaves no {place} to the bench, but the command of question 8 takes one")
        return said.format(value=repr(given), place="{port}")
    return None


def _wrong_return(given: str, before: Answers, folder: Path) -> str | None:
    """A whole address, or a path of the product's own."""
    if not given.startswith(("/", "http://", "https://", "{")):
        said = _("{value} is neither a path, such as {path}, nor an address, such as {example}")
        example = "http://localhost:8080/login"
        return said.format(value=repr(given), path="/callback", example=example)
    whole = given if not given.startswith("/") else f"http://localhost{given}"
    return _wrong_address(whole.replace("{address}", "http://localhost"), before, folder)


def _unknown_place(given: str) -> str | None:
    for place in re.findall(r"\{([a-z_]*)\}", given):
        if place not in PLACES:
            said = _("{value} is unknown, expected one of {known}")
            return said.format(value=f"{{{place}}}", known=", ".join(PLACES))
    return None


def command_words(command: str) -> list[str]:
    """A command line cut into words, as a shell of this machine would. Raises `ValueError`."""
    return shlex.split(command, posix=os.name == "posix")


def split_address(address: str) -> tuple[str, str]:
    """Scheme and host (`{port}` kept), and the path that follows (`/` at least)."""
    parts = urlsplit(address.replace("{port}", "1"))
    origin = address[: len(parts.scheme) + 3] + address.partition("://")[2].partition("/")[0]
    return origin, address[len(origin) :] or "/"


_CORRIDORS = {
    "LGC": N_("general practice software"),
    "RIS": N_("imaging"),
    "SGL": N_("biology laboratory"),
    "LGO": N_("pharmacy"),
    "DPI": N_("hospital record"),
    "PFI": N_("hospital exchange platform"),
    "DB": N_("DRIMbox"),
}

QUESTIONS: tuple[Question, ...] = (
    Question(
        N_("What is your product called?"),
        N_("Its name appears on every film and in the report."),
        (Field("name", _named_after_folder),),
    ),
    Question(
        N_("Which version is it?"),
        N_("A proof is good for one version only: the next one is filmed anew."),
        (Field("version", lambda _before, _folder: "1.0"),),
    ),
    Question(
        N_("Who publishes it?"),
        N_("For the report. It may stay empty."),
        (Field("editor", lambda _before, _folder: "", optional=True),),
    ),
    Question(
        N_("For which corridor is it a candidate?"),
        N_("It decides which requirements and which proofs you owe."),
        (
            Field(
                "corridor",
                lambda _before, _folder: "LGC",
                choices=tuple(Choice(word, _CORRIDORS[word]) for word in CORRIDORS),
            ),
        ),
    ),
    Question(
        N_("And for which wave?"),
        N_("The scenarios of the two waves differ."),
        (
            Field(
                "wave",
                lambda _before, _folder: "2",
                choices=(
                    Choice("1", N_("the first wave of the Ségur")),
                    Choice("2", N_("the second wave of the Ségur")),
                ),
            ),
        ),
    ),
    Question(
        N_("How do your users sign in with Pro Santé Connect?"),
        N_("A web application and a thick client have scenarios of their own."),
        (
            Field(
                "mode",
                lambda _before, _folder: "web",
                choices=(
                    Choice("web", N_("in a browser, which is sent to Pro Santé Connect")),
                    Choice("desktop", N_("in a thick client, by CIBA: two digits and the phone")),
                ),
            ),
        ),
    ),
    Question(
        N_("How shall the bench act on it?"),
        N_(
            "Only what the bench sees for itself in a browser can pass without anybody "
            "looking at it; what you or your adapter say stays to be reviewed."
        ),
        (
            Field(
                "driver",
                lambda before, _folder: "browser" if before.get("mode") == "web" else "operator",
                choices=(
                    Choice("browser", N_("the bench clicks in its pages by itself")),
                    Choice("adapter", N_("you write a small HTTP adapter beside the product")),
                    Choice("operator", N_("a person does each step, the bench says which")),
                ),
            ),
        ),
    ),
    Question(
        N_("With which command is it started?"),
        N_(
            "The bench then starts it, gives it a port and the addresses of its mocks, and ends "
            "it. Leave it empty if you start it yourself."
        ),
        (Field("start", lambda _before, _folder: "", wrong=_wrong_command, optional=True),),
    ),
    Question(
        N_("At which address does one sign in?"),
        N_(
            "The page with the button of Pro Santé Connect, or the address of your adapter. "
            "{port} stands for the port that the bench chooses."
        ),
        (Field("address", _usual_address, wrong=_wrong_product),),
    ),
    Question(
        N_("How is it registered at Pro Santé Connect?"),
        N_(
            "The mock is as strict as the real service: it sends users back to these addresses "
            "and to no other. A path of the product is enough."
        ),
        (
            Field("client_id", _usual_client, N_("client id")),
            Field(
                "redirect_uri",
                lambda _before, _folder: "/callback",
                N_("return after the login"),
                wrong=_wrong_return,
            ),
            Field(
                "post_logout_uri",
                lambda _before, _folder: "",
                N_("return after the log-out, empty if none"),
                wrong=_wrong_return,
                optional=True,
            ),
        ),
    ),
)  # fmt: skip
"""In the order in which they are asked."""

FIELDS: tuple[Field, ...] = tuple(field for question in QUESTIONS for field in question.fields)
