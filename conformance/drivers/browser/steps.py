"""What `banc.toml` says of a page: the steps of an action, its marks, and what to look at.

`[actions.NAME]` and `[see.NAME]` of a browser face have the shapes below. Selectors are
Playwright's (CSS, `text=`, `role=`, `data-testid=`); `{argument}` stands for an argument of the
action, in paths, selectors and values alike.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator

from conformance.drivers.actions import ACTIONS, SEES
from conformance.locale import _

Words = Annotated[str, Field(min_length=1)]
Scalar = str | bool | int


class _Table(BaseModel):
    """A table of `banc.toml`: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Step(_Table):
    """What every step may carry: `when = {argument = value}` plays it only for that value."""

    when: dict[str, Scalar] = Field(default_factory=dict)


class Open(_Step):
    """Go to a path of the face's address, or to a whole URL."""

    open: Words


class Click(_Step):
    """Click the first element that fits, once it is visible."""

    click: Words


class Fill(_Step):
    """Replace what a field holds by `value`; a list is written with commas."""

    fill: Words
    value: str


class Select(_Step):
    """Choose an option by its value or its label; `index` (0-based) chooses by place instead."""

    select: Words
    value: str = ""
    index: str | int | None = None


class Check(_Step):
    """Tick a box (`on = false` clears it)."""

    check: Words
    on: bool = True


class Press(_Step):
    """Press a key (`Enter`, `Escape`, `Control+A`), in the element `at` if given."""

    press: Words
    at: Words | None = None


class Scroll(_Step):
    """Bring an element into view."""

    scroll: Words


class WaitFor(_Step):
    """Wait until an element is visible."""

    wait_for: Words


class Dialog(_Step):
    """How the page's own questions (`confirm`, `prompt`) are answered from here on.

    Without it they are dismissed, which is noted; `text` answers a `prompt`.
    """

    dialog: Literal["accept", "dismiss"]
    text: str = ""


class Wallet(_Step):
    """The person's own gesture on the PSC wallet page, which is the bench's."""

    wallet: Literal[True]


_STEPS: dict[str, type[_Step]] = {
    "open": Open,
    "click": Click,
    "fill": Fill,
    "select": Select,
    "check": Check,
    "press": Press,
    "scroll": Scroll,
    "wait_for": WaitFor,
    "dialog": Dialog,
    "wallet": Wallet,
}


def _kind_of_step(raw: object) -> str | None:
    if isinstance(raw, _Step):
        return next(name for name, model in _STEPS.items() if type(raw) is model)
    if isinstance(raw, Mapping):
        named = [name for name in _STEPS if name in raw]
        return named[0] if len(named) == 1 else None
    return None


Step = Annotated[
    Annotated[Open, Tag("open")]
    | Annotated[Click, Tag("click")]
    | Annotated[Fill, Tag("fill")]
    | Annotated[Select, Tag("select")]
    | Annotated[Check, Tag("check")]
    | Annotated[Press, Tag("press")]
    | Annotated[Scroll, Tag("scroll")]
    | Annotated[WaitFor, Tag("wait_for")]
    | Annotated[Dialog, Tag("dialog")]
    | Annotated[Wallet, Tag("wallet")],
    Discriminator(
        _kind_of_step,
        custom_error_type="step",
        custom_error_message=f"expected a table with exactly one of {', '.join(_STEPS)}",
    ),
]


class UrlMark(_Table):
    """The address bar as a mark: a path or a piece of the URL, `*` for anything."""

    url: Words

    def fits(self, url: str) -> bool:
        """Whether `url` holds this piece."""
        pattern = ".*".join(re.escape(part) for part in self.url.split("*"))
        return re.search(pattern, url) is not None


class ValueSource(_Table):
    """Where one value of an action or observation is read.

    The text of `selector` (or its `attribute`), or the page's URL when `url` is true; `pattern`
    keeps its first group; `all` gives the list of every match; `present` gives true or false.
    """

    selector: Words | None = None
    url: bool = False
    attribute: Words | None = None
    pattern: Words | None = None
    all: bool = False
    present: bool = False

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                groups = re.compile(pattern).groups
            except re.error as error:
                said = _("a regular expression is expected ({reason})")
                raise ValueError(said.format(reason=error)) from error
            if groups == 0:
                raise ValueError(_("a regular expression with one group is expected"))
        return pattern

    def model_post_init(self, _context: object) -> None:
        """Exactly one place to read from."""
        if (self.selector is None) == (not self.url):
            raise ValueError(_("either selector or url = true is expected"))


Values = dict[str, ValueSource]


class ActionTable(_Table):
    """`[actions.NAME]`: what the person does, and the marks that tell how it ended.

    `within` is the deadline in seconds. Dotted names of `values` (`offer.shown`) make objects.
    """

    steps: list[Step] = Field(default_factory=list)
    done_when: Words | UrlMark | None = None
    refused_when: Words | None = None
    values: Values = Field(default_factory=dict)
    within: float | None = Field(default=None, gt=0, le=600, strict=False)


class SeeTable(_Table):
    """`[see.NAME]`: where a thing stands on the page, and the values read around it."""

    selector: Words
    attribute: Words | None = None
    values: Values = Field(default_factory=dict)


See = Words | SeeTable


def as_see_table(see: str | SeeTable) -> SeeTable:
    """A bare selector is short for a table of one."""
    return SeeTable(selector=see) if isinstance(see, str) else see


_PLACE = re.compile(r"\{([a-z_]+)\}")


def filled(text: str, arguments: Mapping[str, Any]) -> str:
    """`text` with each `{argument}` replaced; lists are joined by commas, booleans in lower case.

    Raises `KeyError` naming an argument that the action was not given.
    """

    def value_of(place: re.Match[str]) -> str:
        value = arguments[place[1]]
        if isinstance(value, list | tuple):
            return ", ".join(str(item) for item in value)
        return str(value).lower() if isinstance(value, bool) else str(value)

    return _PLACE.sub(value_of, text)


def applies(step: _Step, arguments: Mapping[str, Any]) -> bool:
    """Whether the step's `when` fits these arguments."""
    return all(arguments.get(name) == wanted for name, wanted in step.when.items())


def problems_of_action(name: str, table: ActionTable) -> Iterator[str]:
    """What is wrong with `[actions.NAME]`, one sentence each, beyond its shape."""
    if name not in ACTIONS:
        said = _("{key}: unknown action, expected one of {known}")
        yield said.format(key=f"actions.{name}", known=", ".join(ACTIONS))
        return
    known = ACTIONS[name].arguments
    texts = [(f"steps.{n}", step.model_dump()) for n, step in enumerate(table.steps)]
    for place, fields in texts:
        named = {word for text in _texts(fields) for word in _PLACE.findall(text)}
        for word in sorted((named | set(fields["when"])) - set(known)):
            expected = ", ".join(known) or _("no argument")
            said = _("{key}: {value} is not an argument, expected {expected}")
            about = {"key": f"actions.{name}.{place}", "value": f"{{{word}}}"}
            yield said.format(expected=expected, **about)


def problems_of_see(what: str) -> Iterator[str]:
    """What is wrong with the name of `[see.NAME]`."""
    if what not in SEES:
        said = _("{key}: unknown observation, expected one of {known}")
        yield said.format(key=f"see.{what}", known=", ".join(SEES))


def _texts(fields: Mapping[str, Any]) -> Iterator[str]:
    return (value for key, value in fields.items() if key != "when" and isinstance(value, str))
