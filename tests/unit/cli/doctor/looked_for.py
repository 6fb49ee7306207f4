"""What sources look for on the machine: programs, modules of Python, libraries, files.

Read from the syntax tree. A program that cannot be read there (it comes from a configuration, say)
is given as `unread`, so that somebody says what it is.
"""

import ast
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PYTHON = "python"
STARTERS = {"run", "Popen", "call", "check_call", "check_output", "spawn", "execvp", "execv"}
STARTERS |= {"create_subprocess_exec", "create_subprocess_shell"}
IMPORTERS = {"import_module", "importorskip", "find_spec"}
LIBRARIES = {"CDLL", "find_library", "dlopen"}
FILES = re.compile(r"/(usr|opt|lib|lib64|bin|sbin)/[\w./-]+$")
SHELLS = {"sh", "bash", "/bin/sh"}
BUILT_IN = {"[", "cd", "echo", "exit", "export", "fi", "done", "kill", "read", "set", "test"}
BUILT_IN |= {"for", "shift", "ulimit", "wait"}
BEFORE_A_PROGRAM = {"exec", "if", "then", "do", "!"}
_SPLIT = re.compile(r"&&|\|\||[;|\n]|(?<![>&])&(?!\d|-)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Each(ast.Set):
    """Any one element of what a loop goes through."""

    def __init__(self, iterated: ast.expr) -> None:
        super().__init__([iterated])


@dataclass
class LookedFor:
    """What was found, each with the place in the sources."""

    programs: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One module: its tree, and which function holds each node."""

    path: Path
    tree: ast.Module
    inside: dict[ast.AST, Function | None]

    @classmethod
    def read(cls, path: Path) -> "Source":
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside: dict[ast.AST, Function | None] = {}

        def note(node: ast.AST, function: Function | None) -> None:
            inside[node] = function
            within = node if isinstance(node, Function) else function
            for child in ast.iter_child_nodes(node):
                note(child, within)

        note(tree, None)
        return cls(path, tree, inside)

    def holder(self, node: ast.AST) -> Function | None:
        """The function in which `node` stands."""
        return self.inside[node.elts[0] if isinstance(node, _Each) else node]

    def function_of(self, node: ast.AST) -> str:
        """Its name, for people."""
        function = self.holder(node)
        return function.name if function else "<module>"


class Reader:
    """Reads what the sources look for; a function is followed by its name, wherever it stands."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.sources = [Source.read(path) for path in paths]
        self.found = LookedFor()
        self._functions: dict[str, list[tuple[Source, Function]]] = {}
        for source in self.sources:
            for node in source.inside:
                if isinstance(node, Function):
                    self._functions.setdefault(node.name, []).append((source, node))

    def read(self) -> LookedFor:
        """Everything that the sources look for."""
        for source in self.sources:
            for node in source.inside:
                self._note(source, node)
        return self.found

    def _note(self, source: Source, node: ast.AST) -> None:
        place = f"{source.path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.found.modules.setdefault(alias.name.split(".")[0], place)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            self.found.modules.setdefault(node.module.split(".")[0], place)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if FILES.match(node.value):
                self.found.files.setdefault(node.value, place)
        elif isinstance(node, ast.Call) and node.args:
            self._note_call(source, node, place)
        elif isinstance(node, ast.List | ast.Tuple):
            self._note_command(source, node, place)

    def _note_call(self, source: Source, node: ast.Call, place: str) -> None:
        name, owner = _called(node)
        first = node.args[0]
        if name == "spawn" and len(node.args) > 1 and isinstance(node.args[1], ast.List):
            self._note_command(source, ast.List([first, *node.args[1].elts]), place)
        if name == "which" or (name in STARTERS and owner in {"subprocess", "pexpect", "os"}):
            for word in self._words(source, first, set()):
                if word is None:
                    key = f"{source.function_of(node)}: {ast.unparse(first)}"
                    self.found.unread.setdefault(key, place)
                elif word not in {PYTHON, ""}:
                    self.found.programs.setdefault(word, place)
        elif name in LIBRARIES and isinstance(first, ast.Constant):
            self.found.libraries.setdefault(str(first.value), place)
        elif name in IMPORTERS and isinstance(first, ast.Constant):
            self.found.modules.setdefault(str(first.value).split(".")[0], place)

    def _note_command(self, source: Source, node: ast.List | ast.Tuple, place: str) -> None:
        """Scripts of a shell, and modules that a Python is to run."""
        elements = node.elts
        for head, flag, value in zip(elements, elements[1:], elements[2:], strict=False):
            said = flag.value if isinstance(flag, ast.Constant) else ""
            if not isinstance(said, str):
                continue
            if said == "-m" and _is_python(head) and isinstance(value, ast.Constant):
                self.found.modules.setdefault(str(value.value).split(".")[0], place)
            shell = isinstance(head, ast.Constant) and head.value in SHELLS
            if shell and re.fullmatch(r"-[a-z]*c", said):
                for script in self._texts(source, value):
                    for program in programs_of(script):
                        self.found.programs.setdefault(program, place)

    def _texts(self, source: Source, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(getattr(part, "value", "")) for part in node.values
                          if isinstance(part, ast.Constant))  # fmt: skip
        else:
            yield from (word for word in self._words(source, node, set()) if word)

    def _words(self, source: Source, node: ast.expr, seen: set[str]) -> set[str | None]:
        """The first words that `node` may stand for; None for one that cannot be read.

        The empty word stands for a list that may be empty: what follows it may come first.
        """
        match node:
            case ast.Constant(value=str() as text):
                return {text}
            case ast.Attribute(value=ast.Name(id="sys"), attr="executable"):
                return {PYTHON}
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return self._first(source, elements, seen)
            case ast.Starred(value=inner) | ast.Subscript(value=inner):
                return self._words(source, inner, seen)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._first(source, [left, right], seen)
            case ast.IfExp(body=one, orelse=other):
                return self._words(source, one, seen) | self._words(source, other, seen)
            case ast.BoolOp(values=values):
                return set().union(*(self._words(source, value, seen) for value in values))
            case _Each(elts=[iterated]):
                return self._each(source, iterated, seen)
            case ast.Name(id=name):
                return self._named(source, node, name, seen)
            case ast.Call():
                return self._returned(source, node, seen)
        return {None}

    def _each(self, source: Source, node: ast.expr, seen: set[str]) -> set[str | None]:
        """What each element of `node` may be, where it is written out."""
        if isinstance(node, ast.Name):
            given = [v for v in _bound(source.tree, node.id) if not isinstance(v, _Each)]
        else:
            given = [node]
        elements = [
            element for value in given if isinstance(value, ast.Tuple | ast.List)
            for element in value.elts
        ]  # fmt: skip
        return set().union(*(self._words(source, e, seen) for e in elements)) or {None}

    def _first(self, source: Source, elements: list[ast.expr], seen: set[str]) -> set[str | None]:
        words: set[str | None] = set()
        for element in elements:
            found = self._words(source, element, seen)
            words |= found - {""}
            if "" not in found:
                return words
        return words | {""}

    def _named(self, source: Source, node: ast.expr, name: str, seen: set[str]) -> set[str | None]:
        function = source.holder(node)
        while function is not None:
            key = f"{source.path}:{function.name}:{name}"
            if key in seen:
                return set()
            if given := list(_bound(function, name)):
                return set().union(*(self._words(source, v, seen | {key}) for v in given))
            names = [argument.arg for argument in function.args.args]
            if name in names:
                return self._passed(source, function, names.index(name), seen | {key})
            function = source.inside[function]
        given = [v for v in _bound(source.tree, name) if source.holder(v) is None]
        return set().union(*(self._words(source, v, seen) for v in given)) if given else {None}

    def _passed(
        self, source: Source, function: Function, at: int, seen: set[str]
    ) -> set[str | None]:
        """What the calls of `function` in its own module give for that parameter."""
        calls = [
            node for node in source.inside
            if isinstance(node, ast.Call) and _called(node) == (function.name, "")
        ]  # fmt: skip
        given = [call.args[at] for call in calls if len(call.args) > at]
        return set().union(*(self._words(source, v, seen) for v in given)) if given else {None}

    def _returned(self, source: Source, node: ast.Call, seen: set[str]) -> set[str | None]:
        name, _owner = _called(node)
        if name in {"which", "str", "list", "next"} and node.args:
            return self._words(source, node.args[0], seen)
        if name not in self._functions or name in seen:
            return {None}
        known = self._functions[name]
        words: set[str | None] = set()
        for where, function in [pair for pair in known if pair[0] is source] or known:
            for inner in _nodes(function):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    words |= self._words(where, inner.value, seen | {name})
        return words - {None} or {None}


def programs_of(script: str) -> Iterator[str]:
    """The programs that a script of a shell calls, its own words left out."""
    for part in _SPLIT.split(script):
        words = iter(shlex.split(part, comments=True))
        for word in words:
            if "=" in word or word in BEFORE_A_PROGRAM:
                continue
            if word not in BUILT_IN and not word.startswith(("$", ">", "<")):
                yield word
            break


@cache
def _nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(node))


def _bound(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """The expressions that `name` is set to, loops included."""
    for inner in _nodes(node):
        match inner:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                pass
            case (
                ast.For(target=ast.Name(id=target), iter=iterated)
                | ast.comprehension(target=ast.Name(id=target), iter=iterated)
            ):
                value = _Each(iterated)
            case ast.NamedExpr(target=ast.Name(id=target), value=value):
                pass
            case _:
                continue
        if target == name:
            yield value


def _called(node: ast.Call) -> tuple[str, str]:
    """The name of what is called, and of what it belongs to."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr, ast.unparse(node.func.value)
    return (node.func.id, "") if isinstance(node.func, ast.Name) else ("", "")


def _is_python(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "executable"


def standard() -> frozenset[str]:
    """The modules of Python that Debian's own python3 brings along."""
    return sys.stdlib_module_names - {"tkinter", "venv", "ensurepip", "idlelib", "lib2to3"}
