"""The pytest plug-in: scenarios are tests, collected with official ids, run around the bench.

It wakes only for tests that carry `@scenario`. `banc run` loads it with the project's own ini;
`pytest scenarios/` works too. With pytest-xdist every worker has a bench of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import allure
import pytest

from conformance import hookspecs
from conformance.catalogue import catalogue_for
from conformance.errors import BundleFault, PlanError
from conformance.evidence.film.keeping import Video
from conformance.judging.findings import Verdict
from conformance.plan import load_plan
from conformance.plan.applicability import not_for
from conformance.plan.packs import TOUR, packs_of
from conformance.plan.sizes import octets
from conformance.run.session import RunSession, WorkerSession
from conformance.stage.worker import Opened, Worker
from conformance.story import Declaration

_allure: Any = allure  # its calls carry no types
_SESSION = pytest.StashKey[RunSession]()
_WORKER = pytest.StashKey[WorkerSession]()
_OPENED = pytest.StashKey[Opened]()


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Offer the hooks by which a run can be followed."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `banc run` hands over."""
    group = parser.getgroup("banc", "banc: conformance scenarios")
    add = group.addoption
    add("--banc-config", metavar="FILE", help="banc.toml of the product (default: the reference)")
    add("--banc-reports", metavar="DIR", default="reports", help="where bundles are written")
    add("--banc-like", metavar="BUNDLE", help="with the plan of this bundle, and what differs")
    add("--banc-only", action="append", default=[], metavar="ID", help="only these scenarios")
    add("--banc-packs", action="append", default=[], metavar="PACK", help="only these packs")
    add("--banc-no-video", action="store_true", help="headless, no film: --banc-video=none")
    add("--banc-video", choices=get_args(Video), default="all", help="which films to keep")
    add("--banc-max-size", type=octets, metavar="SIZE", help="no more films beyond that size")
    add("--banc-lang", default="fr", choices=("fr", "en"), help="language of titles and reports")
    add("--banc-lifetimes", choices=("official", "short"), help="for every scenario")
    add("--banc-mutant", metavar="NAME", help="a faulty variant of the reference system")
    add("--banc-journal-only", action="store_true", help="record, but judge and seal nothing")
    add("--banc-with-texts", action="store_true", help="official texts into the bundle too")
    add("--banc-strict", action="store_true", help="let secondary sources fail")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers that select scenarios."""
    for marker in ("scenario(id): id of the catalogue", "pack(name): pack it belongs to"):
        config.addinivalue_line("markers", marker)


def pytest_configure_node(node: Any) -> None:
    """Hand an xdist worker what all parts share: folder, run key and the zero of the clock."""
    session = _run_session(node.config)
    node.workerinput["banc"] = session.shared()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell a story once for each of its means."""
    declaration = _declared(metafunc.function)
    if declaration is not None and "means" in metafunc.fixturenames:
        metafunc.parametrize("means", declaration.means)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give scenarios their ids and keep the ones that were asked for, twins before faults.

    First of all plug-ins: pytest-xdist reads the groups that are marked here.
    """
    chosen: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    outside = _not_for_the_plan(config) if any(map(_is_story, items)) else {}
    for item in items:
        declaration = _declared(getattr(item, "function", None))
        if declaration is None:
            chosen.append(item)
            continue
        name = declaration.name(_means(item))
        item.extra_keyword_matches.update({name, declaration.id, declaration.mode})
        item.add_marker(pytest.mark.scenario(declaration.id))
        item.add_marker(pytest.mark.xdist_group(declaration.twin or declaration.id))
        for pack in packs_of(declaration.id, _means(item)):
            item.add_marker(pytest.mark.pack(pack))
        wanted = declaration.id not in outside and _wanted(config, declaration, _means(item))
        (chosen if wanted else dropped).append(item)
    chosen += _twins(chosen, dropped)
    items[:] = sorted(chosen, key=_place_in_run)
    if dropped:
        config.hook.pytest_deselected(items=[item for item in dropped if item not in chosen])


def _is_story(item: pytest.Item) -> bool:
    return _declared(getattr(item, "function", None)) is not None


def _not_for_the_plan(config: pytest.Config) -> dict[str, str]:
    """The scenarios that the plan may not run; an unreadable plan is reported later, once."""
    path: str | None = config.getoption("--banc-config")
    try:
        plan = load_plan(Path(path) if path else None)
    except PlanError:
        return {}
    return not_for(plan, catalogue_for(plan.imported_catalogue))


def _wanted(config: pytest.Config, declaration: Declaration, means: str | None) -> bool:
    only: list[str] = config.getoption("--banc-only")
    packs: list[str] = config.getoption("--banc-packs")
    if only:
        return declaration.id in only or declaration.name(means) in only
    return not packs or bool(set(packs_of(declaration.id, means)) & set(packs))


def _twins(chosen: list[pytest.Item], dropped: list[pytest.Item]) -> list[pytest.Item]:
    """The twins that the chosen stories need and that were not chosen themselves."""
    needed = {d.twin for item in chosen if (d := _declared(getattr(item, "function", None)))}
    return [i for i in dropped if (d := _declared(getattr(i, "function", None))) and d.id in needed]


def _place_in_run(item: pytest.Item) -> tuple[bool, int]:
    """The tour first, in its own order; twins before the stories with a fault."""
    declaration = _declared(getattr(item, "function", None))
    if declaration is None:
        return False, 0
    place = (declaration.id, _means(item) if len(declaration.means) > 1 else None)
    return declaration.fault is not None, TOUR.index(place) if place in TOUR else len(TOUR)


def _declared(function: Any) -> Declaration | None:
    found = getattr(function, "banc_scenario", None)
    return found if isinstance(found, Declaration) else None


def _means(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("means") if callspec is not None else None


def _run_session(config: pytest.Config) -> RunSession:
    """The session of the controlling process, made when the first scenario needs it."""
    if _SESSION not in config.stash:
        session = RunSession.start(config.option, Path(str(config.rootpath)))
        config.stash[_SESSION] = session
        config.hook.pytest_banc_folder(folder=session.folder)
    return config.stash[_SESSION]


def _worker(config: pytest.Config) -> WorkerSession:
    if _WORKER not in config.stash:
        shared = getattr(config, "workerinput", {}).get("banc")
        if shared is None:
            config.stash[_WORKER] = _run_session(config).worker()
        else:
            config.stash[_WORKER] = WorkerSession.join(shared, config.workerinput["workerid"])  # type: ignore[attr-defined]
    return config.stash[_WORKER]


@pytest.fixture
def means(request: pytest.FixtureRequest) -> str:
    """The means of a scenario that is run once for each; parametrised above."""
    return str(request.param)


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Any:
    """The product under test."""
    return _Late(request.node, "system")


@pytest.fixture
def psc(request: pytest.FixtureRequest) -> Any:
    """The mock Pro Santé Connect."""
    return _Late(request.node, "psc")


@pytest.fixture
def mail(request: pytest.FixtureRequest) -> Any:
    """The mail side of the tenant."""
    return _Late(request.node, "mail")


@pytest.fixture
def step(request: pytest.FixtureRequest) -> Any:
    """`with step(n)`: the official step of that number."""
    declaration = _declared(request.function)
    assert declaration is not None, "step is for scenarios"
    stage = _worker(request.config).stage

    @contextmanager
    def enter(n: int) -> Iterator[None]:
        with _allure.step(stage.step_title(n, declaration.id)), stage.step(n, declaration.id):
            yield

    return enter


class _Late:
    """A fixture whose object exists once the scenario is open (fixtures are made before)."""

    def __init__(self, item: pytest.Item, name: str) -> None:
        self._item = item
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(getattr(self._item.stash[_OPENED], self._name), attribute)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a scenario: open, body, close, judge its slice; tell pytest what came of it."""
    declaration = _declared(pyfuncitem.function)
    if declaration is None:
        return None
    worker = _worker(pyfuncitem.config)
    chosen = _means(pyfuncitem)
    told = _tell(worker.stage, declaration, chosen, pyfuncitem)
    try:
        error = worker.stage.close(declaration, chosen, told)
    finally:
        if worker.writer.failure is not None:  # what follows could not be recorded
            pyfuncitem.session.shouldstop = str(worker.writer.failure)
    if isinstance(error, KeyboardInterrupt):
        raise error
    how = worker.stage.how_it_ended(error)
    slice_verdict = worker.judge_slice(declaration.name(chosen))
    pyfuncitem.user_properties += [
        ("scenario", declaration.name(chosen)),
        ("verdict", str(slice_verdict.verdict)),
    ]
    _show_allure(worker, declaration, declaration.name(chosen))
    _report(slice_verdict, how, error)
    return True


def _show_allure(worker: WorkerSession, declaration: Declaration, name: str) -> None:
    """Requirement ids as tags, film and mails attached, for a run with `--alluredir`."""
    _allure.dynamic.title(name)
    _allure.dynamic.tag(*worker.stage.catalogue.scenario(declaration.id).verifies)
    for event in worker.writer.recent():
        if event.scenario == name and event.kind == "film.finished":
            film = worker.writer.folder / event.data["file"]
            if film.is_file():  # else it was not kept: --banc-video=failures
                _allure.attach.file(str(film), "film", _allure.attachment_type.MP4)
        elif event.scenario == name and event.kind == "mail.accepted":
            mail = worker.writer.folder / "blobs" / event.blobs[0].sha256
            _allure.attach.file(str(mail), "mail", "message/rfc822", "eml")


def _tell(
    stage: Worker, declaration: Declaration, means: str | None, item: pytest.Function
) -> BaseException | None:
    """Open the scenario and run its body; give the exception that ended it, if any."""
    try:
        item.stash[_OPENED] = stage.open(declaration, means)
        arguments = {name: item.funcargs[name] for name in item._fixtureinfo.argnames}
        item.obj(**arguments)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - each is named in how_it_ended
        return error
    return None


def _report(verdict: Any, how: dict[str, Any], error: BaseException | None) -> None:
    """Fail, skip or raise, for the eye and for pytest; the verdict of record is `judge`."""
    if how["ended"] == "not_tested":
        pytest.skip(how["reason"])
    if how["ended"] in ("not_ready", "error"):
        assert error is not None
        raise error
    if verdict.verdict is Verdict.FAIL:
        broken = sorted({f.rule for f in verdict.findings if f.verdict is Verdict.FAIL})
        pytest.fail(f"{verdict.scenario}: {', '.join(broken)}", pytrace=False)
    if verdict.verdict in (Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE):
        pytest.skip(how["reason"] or str(verdict.reason or verdict.verdict))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Take the bench down; in the controlling process, finish the bundle."""
    try:
        if _WORKER in session.config.stash:
            session.config.stash[_WORKER].stop()
    finally:
        if _SESSION in session.config.stash:
            _finish(session, session.config.stash[_SESSION])


def _finish(session: pytest.Session, run: RunSession) -> None:
    """End the run and its bundle. A full disk, a bad key or a hurry leaves what was recorded."""
    interrupted = session.exitstatus == pytest.ExitCode.INTERRUPTED
    hook = session.config.hook
    try:
        if session.config.getoption("--banc-journal-only"):
            run.close(interrupted=interrupted)
        else:
            hook.pytest_banc_finished(finished=run.finish(interrupted=interrupted))
    except (OSError, BundleFault, KeyboardInterrupt) as error:
        hook.pytest_banc_unfinished(folder=run.folder, error=error)
