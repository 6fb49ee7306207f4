"""One sentence for each complaint of pydantic about `banc.toml`: key, value, what was expected."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from conformance.locale import N_, _, phrase

Key = tuple[str | int, ...]

_EXPECTED = {
    "string_type": N_("text in quotes"),
    "string_too_short": N_("text that is not empty"),
    "int_type": N_("a whole number"),
    "int_from_float": N_("a whole number"),
    "float_type": N_("a number"),
    "bool_type": N_("true or false"),
    "list_type": N_("a list"),
    "dict_type": N_("a table"),
    "model_type": N_("a table"),
    "model_attributes_type": N_("a table"),
    "date_type": N_("a date such as 2027-01-31"),
}
_BOUNDS = {
    "greater_than": N_("greater than {bound}"),
    "greater_than_equal": N_("at least {bound}"),
    "less_than": N_("less than {bound}"),
    "less_than_equal": N_("at most {bound}"),
}
_MEMBERS = ("str", "constrained-str", "SeeTable", "UrlMark", "[key]")
_TAGS = ("open", "click", "fill", "select", "check", "press", "scroll", "wait_for", "wallet")


def sentence(root: type[BaseModel], error: Mapping[str, Any]) -> tuple[Key, str]:
    """The key in the file, and what is wrong with it."""
    key = _key(error["loc"])
    name = ".".join(str(part) for part in key)
    kind = str(error["type"])
    if kind == "extra_forbidden":
        return key, _unknown(root, key, name)
    if kind == "missing":
        what = _described(root, key)
        return key, phrase("{key} is missing: expected {what}", key=name, what=what)
    expected = _expected(error, kind)
    if not name:
        return key, expected
    shown = _shown(key, error.get("input"))
    return key, phrase("{key}: expected {expected}", key=name + shown, expected=expected)


def _key(loc: tuple[str | int, ...]) -> Key:
    """The place without the names that pydantic gives to the members of a union."""
    key: list[str | int] = []
    for place, part in enumerate(loc):
        of_step = part in _TAGS and place > 0 and isinstance(loc[place - 1], int)
        if not of_step and part not in _MEMBERS:
            key.append(part)
    return tuple(key)


def _unknown(root: type[BaseModel], key: Key, name: str) -> str:
    known = _names(_at(root, key[:-1]))
    if not known:
        return phrase("{key} is an unknown key here", key=name)
    near = get_close_matches(str(key[-1]), known, 1, cutoff=0.5)
    hint = phrase(" (did you mean {name}?)", name=repr(near[0])) if near else ""
    said = _("{key} is an unknown key{hint}, expected among {known}")
    return said.format(key=name, hint=hint, known=", ".join(known))


def _expected(error: Mapping[str, Any], kind: str) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return str(context["expected"]).replace(" or ", _(" or "))
    if kind == "step":
        names = str(error["msg"]).rpartition(" one of ")[2]
        return phrase("a table with exactly one of {names}", names=names)
    if kind in _EXPECTED:
        return _(_EXPECTED[kind])
    if kind == "too_short":
        return phrase("at least {count}", count=context["min_length"])
    if kind == "too_long":
        return phrase("at most {count}", count=context["max_length"])
    if kind in _BOUNDS:
        return phrase(_BOUNDS[kind], bound=next(iter(context.values())))
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return said.removeprefix("expected ")


def _shown(key: Key, value: object) -> str:
    """The value as it stands; an environment may hold secrets, so its values are never shown."""
    if "env" in key or isinstance(value, Mapping | list) or value is None:
        return ""
    return phrase(" is {value}", value=repr(value))


def _described(root: type[BaseModel], key: Key) -> str:
    annotation = _at(root, key)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return phrase("a table with {names}", names=", ".join(_names(annotation)))
    if str(key[-1]) == "face":
        return _("at least one [[face]] with name, driver and address")
    return f"`{key[-1]} = …`"


def _names(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return [field.alias or name for name, field in fields if not field.exclude]
    return []


def _at(root: Any, key: Key) -> Any:
    """The annotation at `key`, seen through lists, tables, options and annotations."""
    here = root
    for part in key:
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = next(
                (f.annotation for n, f in here.model_fields.items() if part in (n, f.alias)), None
            )
        elif get_origin(here) in (list, dict):
            here = get_args(here)[-1]
        else:
            return None
    return _bare(here)


def _bare(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        models = [arg for arg in get_args(annotation) if arg is not type(None)]
        tables = [arg for arg in models if isinstance(arg, type) and issubclass(arg, BaseModel)]
        return _bare((tables or models)[0])
    return annotation
