"""`junit.xml` as build servers read it: one result a case, stable names, reasons told."""

import time
from pathlib import Path
from typing import Any

import lxml.etree
import pytest
from junitparser import Error, Failure, Skipped
from junitparser.xunit2 import JUnitXml

from conformance.journal import JournalWriter
from conformance.judging.judge import judge
from conformance.reporting import write_reports

SCHEMA = lxml.etree.XMLSchema(file=str(Path(__file__).with_name("junit_readers.xsd")))
PRODUCT = {"name": "Logiciel", "version": "4.2", "build": "7", "editor": "Éditeur"}
PLAN = {"waves": ["2"], "corridor": ["LGC"], "profiles": [], "packs": ["tour"], "only": [],
        "lifetimes": "short", "strict": False}  # fmt: skip


class Recording:
    """A run of three scenarios: one that is refused, one that was not ready, one without a face."""

    def __init__(self, folder: Path, build: str = "7") -> None:
        self.folder = folder
        self.writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())
        about = {"run_id": folder.name, "product": PRODUCT | {"build": build}, "plan": PLAN,
                 "rules": {}, "expected": [], "bench": {"name": "banc", "version": "9"},
                 "lang": "fr"}  # fmt: skip
        self.record("run.started", **about)
        self.story("PSC.01.01@ecps", "completed", requests=2)
        self.story("PSC.01.03@ecps", "not_ready", "Chromium est introuvable")
        self.story("banc:document-life", "not_tested", "aucune face web")
        self.writer.close()

    def record(self, kind: str, **data: Any) -> None:
        self.writer.record(kind, data, source="bench")

    def story(self, name: str, ended: str, why: str | None = None, requests: int = 0) -> None:
        self.writer.scenario = name
        self.record("scenario.started", id=name, attempt=1, mode="web", face="web",
                    driver="browser", steps=11, fault=None, twin=None)  # fmt: skip
        for n in range(requests):
            query = {"response_type": "token", "scope": "openid", "client_id": "\x1b<c>&"}
            self.record("http.exchange", route="authorize", method="GET", url="https://psc/auth",
                        query=query, request={"headers": {}},
                        response={"status": 200, "headers": {}}, began=n, ended=n, cut=False,
                        refused_for=None, facts={})  # fmt: skip
        self.record("scenario.finished", id=name, attempt=1, ended=ended, reason=why,
                    stopped_at=None)  # fmt: skip
        self.writer.scenario = ""

    def junit(self) -> Path:
        write_reports(self.folder, judge(self.folder), [], "fr")["junit.xml"]()
        return self.folder / "junit.xml"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return Recording(tmp_path / "r1").junit()


def cases(path: Path) -> dict[str, Any]:
    [suite] = JUnitXml.fromfile(str(path))
    return {case.name: case for case in suite}


def test_the_file_has_the_shape_that_every_reader_takes(written: Path) -> None:
    document = lxml.etree.parse(written)

    assert SCHEMA.validate(document), SCHEMA.error_log
    suite = document.getroot()[0]
    counted = ("tests", "failures", "errors", "skipped")
    numbers = {name: int(suite.get(name) or -1) for name in counted}
    assert numbers == {"tests": 3, "failures": 1, "errors": 1, "skipped": 1}


def test_the_schema_refuses_what_readers_would_show_wrongly(written: Path) -> None:
    document = lxml.etree.parse(written)
    [failure] = document.iter("failure")
    failure.addnext(lxml.etree.fromstring('<failure type="x" message="y"/>'))

    assert not SCHEMA.validate(document)


def test_a_refused_scenario_is_one_failure_typed_by_rule_that_tells_them_all(written: Path) -> None:
    case = cases(written)["PSC.01.01@ecps"]

    [failure] = case.result
    rules = [line.partition(":")[0] for line in failure.text.splitlines()]
    assert isinstance(failure, Failure)
    assert failure.type == rules[0]
    assert len(rules) > 3 and "psc.request.response-type" in rules
    assert failure.message and failure.message in failure.text


def test_what_was_not_ready_is_an_error_that_says_what_lacks(written: Path) -> None:
    [error] = cases(written)["PSC.01.03@ecps"].result

    assert isinstance(error, Error)
    assert error.type == "story.complete"
    assert "Chromium est introuvable" in error.text


def test_what_was_not_tested_is_skipped_with_its_reason(written: Path) -> None:
    [skipped] = cases(written)["banc:document-life"].result

    assert isinstance(skipped, Skipped)
    assert "aucune face web" in skipped.message


def test_properties_say_what_was_rehearsed_and_names_stay_from_build_to_build(
    tmp_path: Path, written: Path
) -> None:
    later = Recording(tmp_path / "r2", build="8").junit()

    suite: Any
    [suite] = JUnitXml.fromfile(str(written))
    about = {each.name: each.value for each in suite.properties()}
    named = [[(case.classname, case.name) for case in cases(path).values()] for path in
             (written, later)]  # fmt: skip
    assert about == PRODUCT_PROPERTIES
    assert named[0] == named[1]


PRODUCT_PROPERTIES = {
    "version": "4.2",
    "build": "7",
    "editor": "Éditeur",
    "product": "Logiciel",
    "run": "r1",
    "bench": "banc 9",
}
