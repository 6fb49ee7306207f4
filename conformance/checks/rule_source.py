"""The source a check is made of, as text that says what it does and not how it is written.

From the check on, every name of ours is followed: through its module, and through what that module
imports, in turn. A definition is written as its syntax tree, a name of ours as the order in which
it was met. So a module or an import that has moved, a helper of another name, the order of
definitions, comments, docstrings and layout change nothing. A condition, a constant or a helper
does, for the rules that reach it and for no other.

Left out are the decorator `@rule` (what it declares is hashed beside this), and the modules that
every rule stands on: they are the bench, whose version a bundle records. Of another library only
the dotted name is written. A table is taken as it is written: a later change to it is not seen.
"""

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import import_module
from types import FunctionType
from typing import Any

_OURS = ("common", "conformance", "mocks", "scenarios")
_REGISTRY = "conformance.checks.registry"
_STOOD_ON = (_REGISTRY, "conformance.checks.events", "conformance.journal.events")

_UNSAID = frozenset({"ctx", "kind", "type_comment"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a module binds to `name` at its top level; the module as a whole if `name` is empty."""

    module: str
    name: str


Piece = str | Definition
Bound = Mapping[str, Definition | None]
"""Names bound in a scope: with where they were imported from, or None."""


def _source_of(module: str) -> str:
    return inspect.getsource(import_module(module))


@dataclass
class Sources:
    """The modules that checks are made of, each parsed once.

    `read` gives the source of a module; it raises `ModuleNotFoundError` if there is none.
    """

    read: Callable[[str], str] = _source_of
    _modules: dict[str, "_Module"] = field(default_factory=dict)
    _pieces: dict[Definition, list[Piece]] = field(default_factory=dict)

    def text(self, check: Callable[..., Any]) -> str:
        """What `check` does, with all that it reads with.

        Of a function made by another one, that other one, and the values it was made with.
        """
        maker = check.__qualname__.partition(".")[0]
        known = maker in self.module(check.__module__).statements
        made: list[Piece] = [Definition(check.__module__, maker if known else "")]
        if isinstance(check, FunctionType) and check.__closure__:
            for name, cell in zip(check.__code__.co_freevars, check.__closure__, strict=True):
                made += [f"\n{name}=", self._value(cell.cell_contents)]
        return "".join(self.in_order(made))

    def _value(self, value: object) -> Piece:
        if isinstance(value, FunctionType | type):
            return self.found(value.__module__, value.__qualname__)
        return ascii(sorted(value, key=ascii) if isinstance(value, Set) else value)

    def in_order(self, made: Iterable[Piece]) -> Iterator[str]:
        met: dict[Definition, int] = {}
        waiting: list[Iterable[Piece]] = [made]
        for pieces in waiting:
            for piece in pieces:
                if isinstance(piece, str):
                    yield piece
                    continue
                if piece not in met:
                    met[piece] = len(met)
                    waiting.append(self.pieces(piece))
                yield f"#{met[piece]}"
            yield "\n"

    def module(self, name: str) -> "_Module":
        """Raises `ModuleNotFoundError` if there is no module of that name."""
        if name not in self._modules:
            self._modules[name] = _Module(ast.parse(self.read(name)))
        return self._modules[name]

    def pieces(self, definition: Definition) -> list[Piece]:
        """The text of one definition, in which other definitions are still to be told."""
        if definition not in self._pieces:
            module = self.module(definition.module)
            scope = _Scope(self, definition.module, {}, {})
            chosen = module.statements.get(definition.name, module.body)
            written = [piece for one in chosen for piece in _written(one, scope, top=True)]
            self._pieces[definition] = list(_joined(written))
        return self._pieces[definition]

    def found(self, module: str, name: str) -> Piece:
        """What `name` means where `module` (one of ours or not) is asked for it."""
        if module.partition(".")[0] not in _OURS:
            return f"{module}.{name}".strip(".")
        if module in _STOOD_ON:
            return name
        if not name:
            return Definition(module, "")
        known = self.module(module)
        if name in known.statements:
            return Definition(module, name)
        if name in known.imports:
            return self.found(known.imports[name].module, known.imports[name].name)
        inner = f"{module}.{name}"
        try:
            self.module(inner)
        except ModuleNotFoundError:
            return name
        return Definition(inner, "")


@dataclass
class _Module:
    """The top level of a module: its statements by the names they bind, and its imports."""

    tree: ast.Module

    @property
    def body(self) -> list[ast.stmt]:
        return self.tree.body

    @cached_property
    def imports(self) -> dict[str, Definition]:
        return {name: origin for name, origin in _bound_by(self.body).items() if origin}

    @cached_property
    def statements(self) -> dict[str, list[ast.stmt]]:
        found: dict[str, list[ast.stmt]] = {}
        for statement in self.body:
            for name, origin in _bound_by([statement]).items():
                if origin is None:
                    found.setdefault(name, []).append(statement)
        return found


def _bound_by(nodes: Iterable[ast.AST]) -> dict[str, Definition | None]:
    """The names that `nodes` bind in their own scope, not in those of functions within them."""
    bound: dict[str, Definition | None] = {}
    waiting, globals_ = list(nodes), set[str]()
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import() | ast.ImportFrom():
                bound.update(_imported(node))
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                bound[name] = None
            case ast.ExceptHandler(name=str(name)) | ast.MatchMapping(rest=str(name)):
                bound[name] = None
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound[name] = None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                bound[name] = None
            case ast.ClassDef(name=name):
                bound[name] = None
            case ast.Global(names=names):
                globals_ |= {*names}
        if isinstance(node, _COMPREHENSIONS):
            waiting += [n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
        elif not isinstance(node, (*_DEFINED, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return {name: origin for name, origin in bound.items() if name not in globals_}


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Definition]]:
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        if isinstance(node, ast.ImportFrom):
            yield name, Definition(node.module or "", alias.name)
        else:
            yield name, Definition(alias.name, "")


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a piece of source stands: its module, and the names bound around it.

    `of_class` are those of a class body, which the functions within it do not see.
    """

    sources: Sources
    module: str
    local: Bound
    of_class: Bound

    def means(self, name: str) -> Piece:
        for bound in (self.of_class, self.local):
            if name in bound:
                origin = bound[name]
                return self.sources.found(origin.module, origin.name) if origin else name
        module = self.sources.module(self.module)
        if name in module.statements:
            return Definition(self.module, name)
        origin = module.imports.get(name)
        return self.sources.found(origin.module, origin.name) if origin else name

    def within(self, nodes: Iterable[ast.AST]) -> "_Scope":
        """The scope of a function or comprehension that holds `nodes`."""
        return replace(self, local={**self.local, **_bound_by(nodes)}, of_class={})

    def declares(self, decorator: ast.expr) -> bool:
        """Whether this is the `@rule(…)` of the registry."""
        if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name)):
            return False
        origin = self.sources.module(self.module).imports.get(decorator.func.id)
        return origin == Definition(_REGISTRY, "rule")


def _written(node: Any, scope: _Scope, *, top: bool = False) -> Iterator[Piece]:
    """The text of a syntax tree: fields that are empty, or that change nothing, are left out."""
    if isinstance(node, list):
        yield "["
        for item in node:
            if not _says_nothing(item):
                yield from _written(item, scope)
                yield ","
        yield "]"
    elif isinstance(node, ast.Name):
        yield scope.means(node.id)
    elif not isinstance(node, ast.AST):
        yield ascii(node)
    elif not _says_nothing(node):
        yield f"{type(node).__name__}("
        for name, value, where in _fields(node, scope):
            if value is None or value == [] or (top and name == "name"):
                continue
            yield f"{name}="
            yield from _written(value, where)
            yield ";"
        yield ")"


def _fields(node: ast.AST, scope: _Scope) -> Iterator[tuple[str, Any, _Scope]]:
    """The fields of `node`, each with the scope in which its names are looked up."""
    inner = scope
    if isinstance(node, _FUNCTIONS):
        body = node.body if isinstance(node.body, list) else [node.body]
        inner = scope.within([*ast.iter_child_nodes(node.args), *body])
    elif isinstance(node, _COMPREHENSIONS):
        yield "first", node.generators[0].iter, scope
        inner = scope.within([generator.target for generator in node.generators])
        scope = inner
    elif isinstance(node, ast.ClassDef):
        inner = replace(scope, of_class=_bound_by(node.body))
    for name, value in ast.iter_fields(node):
        if name == "decorator_list":
            yield name, [one for one in value if not scope.declares(one)], scope
        elif name not in _UNSAID:
            yield name, value, inner if name == "body" else scope


def _says_nothing(node: Any) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces, with strings beside each other as one."""
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
            continue
        yield "".join(run)
        yield piece
        run = []
    yield "".join(run)


_SOURCES = Sources()


@cache
def source_hash(check: Callable[..., Any]) -> bytes:
    """SHA-256 of what `check` does, with all that it reads with."""
    return hashlib.sha256(_SOURCES.text(check).encode()).digest()
