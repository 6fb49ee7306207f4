"""The hash of a rule: what leaves it as it is, and what changes it and no neighbour's."""

import ast
import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

import pytest

from conformance.checks import registry, rule_source
from conformance.checks.all_rules import all_rules
from conformance.checks.events import Events
from conformance.checks.registry import Said, held
from conformance.checks.rule_source import Definition, Sources

RULES = all_rules()

LENGTHS = '''"""How long an id may be."""

import re
from collections.abc import Iterator

from conformance.checks.events import Events
from conformance.checks.given import ids, table_of
from conformance.checks.registry import Said, held_if, rule

_LEAST = 22
_OTHER = 5


@rule("a.length", requires=["A"], reads=["mail.accepted"], basis="ours", trust="official",
      source="Somewhere")
def length(events: Events) -> Iterator[Said]:
    """An id is long enough."""
    for name, value in ids(events):  # each of them
        yield held_if(len(value) >= _LEAST, name, [])


@rule("a.form", requires=["A"], reads=["mail.accepted"], basis="ours", trust="official",
      source="Somewhere")
def form(events: Events) -> Iterator[Said]:
    """An id has its form."""
    for _OTHER, value in ids(events):
        yield held_if(re.match(table_of("form"), value), _OTHER, [])
'''
GIVEN = '''"""What ids are given."""

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.events import Events
from conformance.documents import Unreadable
from conformance.documents.marks import Mark

_TABLE = {"form": "[a-z]+", "other": "x"}


@dataclass
class Given:
    """An id that was given."""

    kind: str = "id"
    mark: Mark | None = None

    def name(self) -> str:
        """What it is called."""
        return self.kind


def ids(events: Events) -> Iterator[tuple[str, str]]:
    """Each id, with its name."""

    def clean(text: str) -> str:
        return text.strip("<>")

    for number, event in enumerate(events, 1):
        try:
            yield f"{Given().name()} {number:03}", clean(event.data["id"])
        except Unreadable:
            pass


def table_of(name: str) -> str:
    """A form by its name."""
    return _TABLE[name]


def unused() -> int:
    """What no rule calls."""
    return 1
'''
FAULTS = '''class Unreadable(ValueError):
    """It cannot be read."""
'''
READERS = """from conformance.documents.faults import Unreadable

__all__ = ["Unreadable"]
"""
MARKS = '''class Mark:
    """A mark."""

    width = 3
    """In millimetres."""
'''
OTHER_NAMES = (
    LENGTHS.replace("import ids, table_of", "import ids as given, table_of as form_of")
    .replace(" ids(", " given(")
    .replace("(table_of(", "(form_of(")
)
HOUSE = {
    "conformance.checks.lengths": LENGTHS,
    "conformance.checks.given": GIVEN,
    "conformance.documents": READERS,
    "conformance.documents.faults": FAULTS,
    "conformance.documents.marks": MARKS,
}


def reading(house: dict[str, str]) -> Callable[[str], str]:
    def read(module: str) -> str:
        if module not in house:
            raise ModuleNotFoundError(module)
        return house[module]

    return read


def texts(house: dict[str, str]) -> dict[str, str]:
    """The text of both checks, wherever the module is that holds them."""
    sources = Sources(reading(house))
    home = next(name for name, source in house.items() if "def length" in source)
    return {
        name: "".join(sources.in_order([Definition(home, name)])) for name in ("length", "form")
    }


def with_change(module: str, old: str, new: str) -> dict[str, str]:
    source = HOUSE[f"conformance.{module}"]
    assert old in source
    return HOUSE | {f"conformance.{module}": source.replace(old, new)}


def moved(house: dict[str, str], old: str, new: str) -> dict[str, str]:
    renamed = re.compile(rf"\b{re.escape(old)}\b")
    return {renamed.sub(new, name): renamed.sub(new, source) for name, source in house.items()}


SAME = {
    "comment": with_change("checks.lengths", "# each of them", "# all"),
    "docstring": with_change("checks.given", "Each id, with its name.", "All the ids."),
    "docstring of a class": with_change("checks.given", '"""An id that was given."""', ""),
    "docstring of an attribute": with_change("documents.marks", "In millimetres.", "In mm."),
    "only a docstring": with_change("documents.faults", '"""It cannot be read."""', "pass"),
    "layout": with_change("checks.lengths", "held_if(len(value) >= _LEAST, name, [])",
                          "held_if(\n            (len(value)) >= _LEAST,\n name, [],)"),
    "string in two pieces": with_change("checks.given", '"[a-z]+"', '"[a-" "z]+"'),
    "source of the rule": with_change("checks.lengths", "Somewhere", "Elsewhere"),
    "unused import": with_change("checks.lengths", "import re\n", "import re\nimport sys\n"),
    "import by another name": HOUSE | {"conformance.checks.lengths": OTHER_NAMES},
    "import past the package": with_change(
        "checks.given", "documents import Unreadable", "documents.faults import Unreadable"),
    "module moved": moved(HOUSE, "conformance.checks.given", "conformance.checks.seen.given_ids"),
    "readers moved": moved(HOUSE, "conformance.documents.marks", "common.marks"),
    "rules moved": moved(HOUSE, "conformance.checks.lengths", "conformance.checks.ids.lengths"),
    "helper renamed": moved(HOUSE, "table_of", "pattern"),
    "class renamed": moved(HOUSE, "Given", "GivenId"),
    "neighbour that nobody calls": with_change("checks.given", "return 1", "return 2"),
    "order": with_change("checks.lengths", "_LEAST = 22\n_OTHER = 5", "_OTHER = 5\n_LEAST = 22"),
    "constant that a local name hides": with_change("checks.lengths", "_OTHER = 5", "_OTHER = 6"),
}  # fmt: skip

BOTH, LENGTH, FORM = {"length", "form"}, {"length"}, {"form"}
DIFFERENT = {
    "operator": (LENGTH, with_change("checks.lengths", ">= _LEAST", "> _LEAST")),
    "constant": (LENGTH, with_change("checks.lengths", "_LEAST = 22", "_LEAST = 23")),
    "type of a constant": (LENGTH, with_change("checks.lengths", "= 22", "= 22.0")),
    "statement": (LENGTH, with_change("checks.lengths", "  # each of them", "\n        break")),
    "function of another library": (
        FORM, with_change("checks.lengths", "import re\n", "import regex as re\n")),
    "helper elsewhere": (BOTH, with_change("checks.given", "(events, 1)", "(events, 2)")),
    "helper within": (BOTH, with_change("checks.given", 'strip("<>")', 'strip("<")')),
    "format of a number": (BOTH, with_change("checks.given", "number:03", "number:02")),
    "what is caught": (BOTH, with_change("documents.faults", "ValueError", "KeyError")),
    "attribute of a class": (BOTH, with_change("checks.given", '= "id"', '= "ID"')),
    "method": (BOTH, with_change("checks.given", "return self.kind", "return self.mark")),
    "decorator": (BOTH, with_change("checks.given", "@dataclass\n", "@dataclass(eq=False)\n")),
    "class that another one names": (BOTH, with_change("documents.marks", "= 3", "= 4")),
    "table": (FORM, with_change("checks.given", '"other": "x"', '"other": "y"')),
    "what is looked up": (FORM, with_change("checks.lengths", '"form")', '"other")')),
    "local name no longer hides": (
        FORM, with_change("checks.lengths", "for _OTHER, value", "for name, value")),
}  # fmt: skip


@pytest.mark.parametrize("house", SAME.values(), ids=SAME)
def test_what_changes_no_behaviour_changes_no_text(house: dict[str, str]) -> None:
    assert house != HOUSE
    assert texts(house) == texts(HOUSE)


@pytest.mark.parametrize(("concerned", "house"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_change_changes_the_rules_that_reach_it_and_no_other(
    concerned: set[str], house: dict[str, str]
) -> None:
    before, after = texts(HOUSE), texts(house)

    assert {name for name in before if before[name] != after[name]} == concerned


def test_helpers_that_call_each_other_are_told_once() -> None:
    source = """
def length(n):
    return n and form(n - 1)

def form(n):
    return n and length(n - 2)
"""
    told = texts({"conformance.checks.two": source})

    assert told["length"] != told["form"]
    assert told["length"].count("FunctionDef") == 2


def test_the_text_is_the_same_on_every_version_of_python() -> None:
    text = "".join(texts(HOUSE).values())

    pinned = "a2a658596ff0193a630b4362ad3efba2abc159085d6546dc9fd0061a6f322721"
    assert hashlib.sha256(text.encode()).hexdigest() == pinned


def made(fault: str, conclude: Callable[[str], Said]) -> Callable[[Events], Iterator[Said]]:
    def check(events: Events) -> Iterator[Said]:
        yield conclude(fault)

    return check


def one(fault: str) -> Said:
    return held(fault, [])


def two(fault: str) -> Said:
    return held(f"{fault} 2", [])


def test_checks_made_by_one_function_differ_by_what_they_were_made_with() -> None:
    sources = Sources()
    given = [made("a", one), made("b", one), made("a", two)]

    assert len({sources.text(check) for check in given}) == 3
    assert sources.text(made("a", one)) == sources.text(given[0])


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x.y"},
        {"requires": ("X",)},
        {"scope": "run"},
        {"reads": ("mail.accepted",)},
        {"basis": "ours"},
        {"trust": "assumed"},
        {"when": "any"},
        {"when": ("smtp.refused",)},
    ],
    ids=str,
)
def test_what_a_rule_declares_counts(change: dict[str, str | tuple[str, ...]]) -> None:
    rule = RULES["psc.ciba.digits-shown"]

    assert replace(rule, **change).sha256 != rule.sha256  # type: ignore[arg-type]


def test_what_a_rule_says_to_people_does_not_count() -> None:
    rule = RULES["psc.request.state-length"]

    assert replace(rule, source="x", no_mutant="y").sha256 == rule.sha256


def test_no_two_rules_have_the_same_hash() -> None:
    assert len({rule.sha256 for rule in RULES.values()}) == len(RULES)


def source(module: str) -> str:
    return inspect.getsource(import_module(module))


class Bare(ast.NodeTransformer):
    """Leaves no docstring, and gives each import from our checks another name."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        for alias in node.names:
            if (node.module or "").startswith("conformance.checks"):
                name = alias.asname or alias.name
                alias.asname = self.names[name] = f"imported_{name}"
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


def rewritten(module: str) -> str:
    """A module without comments and docstrings, laid out anew, its own definitions reversed."""
    tree = Bare().visit(ast.parse(source(module)))
    kept = (ast.FunctionDef, ast.ClassDef)
    head = [node for node in tree.body if not isinstance(node, kept)]
    tree.body = head + [node for node in reversed(tree.body) if isinstance(node, kept)]
    return ast.unparse(ast.fix_missing_locations(tree))


def test_every_rule_outlives_its_sources_being_written_otherwise() -> None:
    as_they_are, anew = Sources(), Sources(rewritten)
    changed = [
        rule.id for rule in RULES.values() if as_they_are.text(rule.check) != anew.text(rule.check)
    ]

    assert changed == []


def test_every_rule_of_a_module_is_told_apart_when_its_check_changes() -> None:
    def emptied(module: str) -> str:
        tree = ast.parse(source(module))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                node.body.append(ast.Return())
        return ast.unparse(ast.fix_missing_locations(tree))

    as_they_are, anew = Sources(), Sources(emptied)
    same = [rule.id for rule in RULES.values()
            if as_they_are.text(rule.check) == anew.text(rule.check)]  # fmt: skip

    assert same == []


def test_a_change_of_one_check_marks_that_rule_alone() -> None:
    def longer(module: str) -> str:
        return source(module).replace("_STATE_LENGTH = 22", "_STATE_LENGTH = 43")

    as_they_are, anew = Sources(), Sources(longer)
    changed = [rule.id for rule in RULES.values()
               if as_they_are.text(rule.check) != anew.text(rule.check)]  # fmt: skip

    assert changed == ["psc.request.state-length"]


def test_neither_places_nor_what_every_rule_stands_on_are_told() -> None:
    read: list[str] = []

    def noted(module: str) -> str:
        read.append(module)
        return source(module)

    sources = Sources(noted)
    told = [sources.text(rule.check) for rule in RULES.values()]

    assert not any("conformance." in text for text in told)
    assert "conformance.documents.mail" in read
    assert "conformance.checks.registry" not in read and "conformance.checks.events" not in read
    assert "conformance.journal.events" not in read


@pytest.mark.parametrize(
    ("old", "new", "concerned"),
    [
        ('"ciba.expired"', '"ciba.access-denied"', {"psc.refuses.ciba-expired"}),
        ('("banc:PSCH-ACR",)', '("banc:PSCH-REFPRO",)', {"psc.acr.higher-accepted"}),
        ('PSC returns eidas2', 'PSC answers eidas2', set()),
        ('signs nobody in', 'lets nobody in', set()),
    ],
)  # fmt: skip
def test_a_row_of_the_table_marks_its_own_rule(
    old: str, new: str, concerned: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = RULES["psc.acr.higher-accepted"].check.__module__
    changed = source(table).replace(old, new)
    monkeypatch.setattr(registry, "RULES", {})
    monkeypatch.setattr(
        rule_source, "_SOURCES", Sources(lambda name: changed if name == table else source(name))
    )
    exec(compile(changed, table, "exec"), {"__name__": table})

    hashes = {name: rule.sha256 for name, rule in registry.RULES.items()}

    assert changed != source(table) and len(hashes) == 15
    assert {name for name in hashes if hashes[name] != RULES[name].sha256} == concerned
