"""The report of a bundle: one file, everything escaped, every link leads somewhere."""

import ast
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from junitparser.xunit2 import JUnitXml

import conformance.checks
from common.recording import Witness
from conformance import locale
from conformance.bundle.forms.proofs import ProofRow
from conformance.evidence.proofs.package import build_proofs
from conformance.journal import JournalWriter
from conformance.judging.findings import Finding, Judgement, Verdict
from conformance.judging.judge import judge
from conformance.reporting import write_reports
from conformance.reporting.formats import page
from conformance.reporting.formats.page import asset, csp_hash, stylesheet
from conformance.reporting.report import build
from conformance.reporting.sections.findings import conclusion, finding_view, groups
from conformance.wording import labels

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"
PLAN = {
    "waves": ["2"],
    "corridor": ["LGC"],
    "profiles": [],
    "packs": ["tour"],
    "lifetimes": "short",
}
STORY = "PSC.01.01@ecps"


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    locale.set_language("fr")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


class Bundle:
    """A bundle being recorded, with a film that is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())

    def record(self, kind: str, witness: Witness = "wire", **data: Any) -> None:
        self.writer.record(kind, data, source="bench", witness=witness)

    def run(self, **more: Any) -> None:
        product = {"name": HOSTILE, "version": "1", "build": None, "editor": HOSTILE}
        about = {"run_id": "r1", "product": product, "plan": PLAN, "rules": {}, "expected": []}
        self.record("run.started", **{**about, "lang": "fr", **more})

    def story(self, ended: str = "completed", reason: str | None = None) -> None:
        self.writer.scenario = STORY
        self.record("scenario.started", id=STORY, attempt=1, mode="web", face="web",
                    driver="browser", steps=11, fault=None, twin=None)  # fmt: skip
        self.film()
        for n in range(1, 12):
            self.writer.step = n
            self.record("step.started", n=n, title=str(n))
            self.request(n)
            self.record("step.finished", n=n, completed=True)
        self.writer.step = None
        self.record("scenario.finished", id=STORY, attempt=1, ended=ended, reason=reason,
                    stopped_at=None)  # fmt: skip
        self.writer.scenario = ""

    def film(self) -> None:
        (self.folder / "video").mkdir()
        (self.folder / "video" / "a.mp4").write_bytes(b"no film")
        (self.folder / "video" / "a.vtt").write_text("WEBVTT\n", encoding="utf-8")
        self.record("film.started", file="video/a.mp4", zero=0, epoch=1_800_000_000.5)

    def request(self, n: int) -> None:
        query = {"response_type": "token", "scope": "openid", "client_id": HOSTILE, "state": "s"}
        answer = {"status": 200, "headers": {"x": HOSTILE}}
        self.record("http.exchange", route="authorize", method="GET", url=f"https://{HOSTILE}",
                    query=query, request={"headers": {}}, response=answer, began=n, ended=n,
                    cut=False, refused_for=None, facts={})  # fmt: skip

    def judged(self) -> Judgement:
        self.writer.close()
        return judge(self.folder)


@pytest.fixture
def bundle(tmp_path: Path) -> Iterator[Bundle]:
    made = Bundle(tmp_path)
    yield made
    made.writer.close()


def rendered(bundle: Bundle, judgement: Judgement, proofs: list[ProofRow] | None = None) -> Any:
    report = build(bundle.folder, judgement, proofs or [], "fr")
    return lxml.html.fromstring(page.render(report))


def test_whatever_came_over_the_wire_is_text(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()
    judgement = bundle.judged()

    document = rendered(bundle, judgement, build_proofs(bundle.folder))

    [script], [style] = document.xpath("//script"), document.xpath("//style")
    assert (script.text, style.text) == (asset("report.js"), stylesheet())
    assert document.xpath("//img | //iframe | //object | //link | //*[@style] | //form") == []
    assert not [name for e in document.iter() for name in e.attrib if name.startswith("on")]
    assert "onerror=alert" in document.xpath("string(//h1)")


def test_the_page_runs_its_own_script_and_style_and_nothing_else(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()

    document = rendered(bundle, bundle.judged())

    [policy] = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert csp_hash(asset("report.js")) in policy and csp_hash(stylesheet()) in policy


def test_every_link_of_the_page_leads_somewhere(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()
    judgement = bundle.judged()

    document = rendered(bundle, judgement, build_proofs(bundle.folder))

    ids = document.xpath("//@id")
    inside = {href[1:] for href in document.xpath("//a/@href") if href.startswith("#")}
    films = {href.partition("#")[0] for href in document.xpath("//a[@class='jump']/@href")}
    assert len(ids) == len(set(ids))
    assert inside <= set(ids), inside - set(ids)
    assert films == {"video/a.mp4"}


def test_a_step_and_a_finding_lead_to_their_second_of_the_film(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()

    document = rendered(bundle, bundle.judged())

    steps = document.xpath("//ol[@class='steps']/li/h4/a[@data-film='video/a.mp4']")
    broken = document.xpath("//details[contains(@class,'finding v-fail')]")
    assert [step.xpath("string(span)")[:2] for step in steps] == [f"{n}."[:2] for n in range(1, 12)]
    assert broken and all(finding.xpath(".//a[@class='jump']") for finding in broken)
    assert all(finding.xpath(".//a[@class='exchange']") for finding in broken)


def test_headings_come_in_order_and_tables_have_heads(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()
    judgement = bundle.judged()

    document = rendered(bundle, judgement, build_proofs(bundle.folder))

    levels = [int(e.tag[1]) for e in document.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(t.xpath("caption") and t.xpath("thead//th/@scope") for t in document.iter("table"))
    assert document.xpath("//main") and document.xpath("//nav/@aria-label")


def test_a_bundle_whose_first_line_was_lost_still_has_a_report(bundle: Bundle) -> None:
    bundle.writer.scenario = STORY
    bundle.record("bench.note", what="x", values={})

    document = rendered(bundle, bundle.judged())

    assert "Rien n'a été jugé" in document.text_content()


def test_what_was_not_ready_is_counted_beside_the_refusals(bundle: Bundle) -> None:
    bundle.run()
    bundle.writer.scenario = STORY
    bundle.record("scenario.started", id=STORY, attempt=1, mode="web", face="web",
                  driver="browser", steps=11, fault=None, twin=None)  # fmt: skip
    bundle.record("scenario.finished", id=STORY, attempt=1, ended="not_ready",
                  reason="banc.toml: no such port", stopped_at=None)  # fmt: skip

    document = rendered(bundle, bundle.judged())

    assert document.xpath("//ul[@class='counts']/li[@class='v-not_ready']//b/text()") == ["1"]
    assert "banc.toml: no such port" in document.text_content()


def test_each_requirement_that_was_not_tested_says_why(bundle: Bundle) -> None:
    bundle.run()
    judgement = bundle.judged()

    report = build(bundle.folder, judgement, [], "fr")

    listed = [r for reason in report.untested for r in reason.requirements]
    assert listed and all(reason.reason for reason in report.untested)
    assert {r.id for r in listed} | {r.id for r in report.requirements} == set(
        judgement.requirements
    )


def finding(rule: str, verdict: str, said: str = "broken", **more: Any) -> Finding:
    return Finding(rule, STORY, "login 1", said, Verdict(verdict), **more)


def test_grounds_of_the_ans_and_defects_against_a_standard_are_kept_apart() -> None:
    found = [
        finding("psc.request.nonce-present", "fail"),
        finding("psc.token.once", "fail", params={"times": 2}),
        finding("psc.token.server-side", "fail", params={"defect": "browser"}, known=True),
    ]

    headings = [g.heading for g in groups([finding_view(f, {}, "fr") for f in found])]

    assert headings == [
        "Refus : motifs de refus ANS",
        "Refus : défauts au regard de la norme",
        "Échecs connus",
    ]


def test_the_same_thing_said_in_many_places_is_one_line_with_its_places() -> None:
    found = [replace(finding("psc.request.nonce-present", "fail"), subject=f"login {n}")
             for n in range(3)]  # fmt: skip

    [group] = groups([finding_view(f, {}, "fr") for f in found])

    assert [len(entry.findings) for entry in group.entries] == [3]


@pytest.mark.parametrize(
    ("found", "judged", "said"),
    [
        ({"fail": 1}, True, "Des refus ont été trouvés"),
        ({"error": 1}, True, "Le banc a failli"),
        ({"not_ready": 1}, True, "n'était pas prêt"),
        ({}, False, "Rien n'a été jugé"),
        ({}, True, "Cela ne veut pas dire que le produit est conforme"),
    ],
)
def test_the_first_sentence_says_who_is_at_fault(
    found: Mapping[str, int], judged: bool, said: str
) -> None:
    counts = {"fail": 0, "error": 0, "not_ready": 0, **found}

    assert said in conclusion(counts, judged)


def test_every_parameter_of_a_rule_has_a_label() -> None:
    unnamed = {name for name in _parameters() if labels.param_word(name) == name}

    assert unnamed == {"patients", "version"}  # the same word in both languages


def _parameters() -> set[str]:
    """The names under which checks say what they found."""
    named: set[str] = set()
    answers = ("held", "held_if", "broken", "unclear")
    for module in Path(conformance.checks.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in answers:
                named |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return named - {"defect", "reason", "problem"}


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("login 2", "connexion 2"),
        ("PSC.01.01@ecps login 2", "PSC.01.01@ecps connexion 2"),
        ("banc:document-life-declined login 1", "banc:document-life-declined connexion 1"),
        ("story", "déroulé"),
        ("Something else!", "Something else!"),
    ],
)
def test_subjects_are_said_in_words(subject: str, shown: str) -> None:
    assert labels.subject_word(subject) == shown


def test_colours_are_readable_for_all() -> None:
    css = asset("report.css")
    root = css.partition("{")[2].partition("}")[0]
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+);", root))

    on_white = ("ink", "soft", "accent", "fail", "review", "warning", "pass", "mute", "bench")
    poor = {name for name in on_white if contrast(colours[name], "#ffffff") < 4.5}

    assert poor == set()
    assert contrast(colours["soft"], colours["ground"]) >= 4.5
    assert contrast(colours["accent"], colours["ground"]) >= 4.5
    assert contrast(colours["focus"], colours["ground"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: the ratio of relative luminances."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * d for d in digits)
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_five_hundred_proofs_are_one_file_of_a_sane_size(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()
    judgement = bundle.judged()
    row = build_proofs(bundle.folder)[0]
    proofs = [replace(row, id=f"{row.id}-{n}", reason="", state="present") for n in range(500)]

    page.write(bundle.folder, build(bundle.folder, judgement, proofs, "fr"))

    written = bundle.folder / "report.html"
    document: Any = lxml.html.fromstring(written.read_text(encoding="utf-8"))
    assert len(document.xpath("//section[@id='proofs']//tbody/tr")) == 500
    assert written.stat().st_size < 2_000_000


EXPECTED = [{"rule": "psc.request.response-type", "until": "2999-12-31", "reason": "en chantier"}]


def test_a_known_failure_is_shown_as_known_and_does_not_count(bundle: Bundle) -> None:
    bundle.run(expected=EXPECTED)
    bundle.story()
    judgement = bundle.judged()

    for write in write_reports(bundle.folder, judgement, [], "fr").values():
        write()

    known = [f for f in judgement.findings if f.known]
    html: Any = lxml.html.fromstring((bundle.folder / "report.html").read_text(encoding="utf-8"))
    [suite] = JUnitXml.fromfile(str(bundle.folder / "junit.xml"))
    case = next(case for case in suite if case.name == STORY)
    assert known and {f.rule for f in known} == {"psc.request.response-type"}
    assert "connu jusqu'au 2999-12-31 : en chantier" in html.text_content()
    assert "psc.request.response-type" not in {failure.type for failure in case.result}
    assert "connu: psc.request.response-type" in case.system_out


def test_a_known_failure_counts_again_once_its_day_is_past(bundle: Bundle) -> None:
    bundle.run(expected=[EXPECTED[0] | {"until": "2020-01-01"}])
    bundle.story()

    judgement = bundle.judged()

    late = [f for f in judgement.findings if f.rule == "psc.request.response-type"]
    assert late and not any(f.known for f in late)


def test_allure_gets_steps_labels_times_and_the_film(bundle: Bundle) -> None:
    bundle.run()
    bundle.story()
    judgement = bundle.judged()

    write_reports(bundle.folder, judgement, [], "fr")["allure-results"]()

    [path] = (bundle.folder / "allure-results").glob("*-result.json")
    result = json.loads(path.read_bytes())
    labels_ = {label["value"] for label in result["labels"] if label["name"] == "tag"}
    [film] = result["attachments"]
    assert [step["name"][:2] for step in result["steps"]][:2] == ["1.", "2."]
    assert result["status"] == "failed" and "psc.request" in result["statusDetails"]["message"]
    assert "PSC.01" in labels_ and 0 < result["start"] <= result["stop"]
    assert (path.parent / film["source"]).read_bytes() == b"no film"


def test_junit_and_allure_name_a_scenario_the_same_from_build_to_build(
    bundle: Bundle, tmp_path: Path
) -> None:
    other = Bundle(tmp_path / "other")
    for one in (bundle, other):
        one.run()
        one.story()

    named = []
    for one in (bundle, other):
        judgement = one.judged()
        reports = write_reports(one.folder, judgement, [], "fr")
        reports["junit.xml"]()
        reports["allure-results"]()
        cases = [case.name for suite in JUnitXml.fromfile(str(one.folder / "junit.xml"))
                 for case in suite]  # fmt: skip
        [path] = (one.folder / "allure-results").glob("*-result.json")
        named.append((cases, json.loads(path.read_bytes())["historyId"]))

    assert named[0] == named[1]
