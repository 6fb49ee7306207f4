"""A product that attacks the bench with what it sends and shows: judged, reported, harmless."""

import base64
import csv
import io
import json
import shutil
import time
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from lxml import etree
from playwright.sync_api import Dialog, sync_playwright

from common.recording import Blob, Witness
from conformance.bundle.verify import verify
from conformance.drivers.browser.chromium import find_chromium
from conformance.journal import JournalWriter
from conformance.journal.kinds import KINDS
from conformance.judging.findings import Verdict
from conformance.run.finish import Finished, finish

pytestmark = pytest.mark.xdist_group("hostile")  # one bundle is made for all of them

SCRIPT = "<script>window.pwned=1</script>"
ATTACKS = (
    SCRIPT,
    "</script></style></textarea><img src=x onerror=window.pwned=1>",
    "\"'><svg onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "\x00\x1b[2J\u202egpj.exe\ud800\ufffe",
    "{{ 7 * 7 }}{% include 'x' %}",
    "../../../../etc/passwd\r\nX: y",
    "=HYPERLINK(1)",
    "A" * 300,
)
ALL = " ".join(ATTACKS)
STORY, LIFE = "PSC.01.01@cps", "banc:document-life"


def zipped(**members: bytes) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"IHE_XDM/SUBSET01/{name}", content)
        archive.writestr("../../../evil", b"x")
    return octets.getvalue()


def laughs() -> bytes:
    entities = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    entities.insert(0, '<!ENTITY a0 "ha">')
    kind = f"<!DOCTYPE x [{''.join(entities)}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    return f"<?xml version='1.0'?>{kind}<ClinicalDocument>&a9;&f;</ClinicalDocument>".encode()


def mail(attachments: dict[str, bytes], subject: str = ALL) -> bytes:
    """A message as a hostile client may write it: nothing is encoded as it should be."""
    head = f"From: {SCRIPT} <a@b.test>\r\nTo: c@d.test\r\nSubject: {subject}\r\n"
    head += 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    body = b""
    for name, octets in attachments.items():
        part = (
            f'--x\r\nContent-Type: {SCRIPT}\r\nContent-Disposition: attachment; filename="{name}"'
        )
        part += "\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        body += part.encode("utf-8", "replace") + base64.encodebytes(octets) + b"\r\n"
    return head.encode("utf-8", "replace") + body + b"--x--\r\n"


def mails() -> list[bytes]:
    """What is handed over as messages."""
    deep = b"<a>" * 5000 + b"</a>" * 5000
    archives = [
        zipped(**{"METADATA.XML": bytes(50_000_000)}),
        zipped(**{"METADATA.XML": deep, "DOC00001.XML": laughs()}),
        zipped(**{"METADATA.XML": laughs(), "DOC00001.XML": deep}),
        b"PK\x03\x04 and no more",
    ]
    hostile = [mail({"IHE_XDM.ZIP": octets}) for octets in archives]
    hostile.append(mail(dict.fromkeys(ATTACKS, b"%PDF-1.4")))
    hostile += [b"", b"\xff\xfe\x00" * 50, b"From: \xe9\r\n\r\n\x80", b"X: y\r\n" * 20_000]
    return [*hostile, b"Content-Type: message/rfc822\r\n\r\n" * 2_000]


def record(folder: Path) -> None:
    """Two stories whose every free text is an attack."""
    writer = JournalWriter(folder, "main", b"k" * 32, time.perf_counter_ns())

    def tell(kind: str, source: str = "bench", blobs: tuple[Blob, ...] = (), **data: Any) -> None:
        known: dict[str, Witness] = {"adapter": "declared", "ui": "screen", "bench": "screen"}
        witness = known.get(source, "wire")
        shaped = asdict(KINDS[kind](**data))
        writer.record(kind, shaped, source=source, blobs=blobs, witness=witness)

    product = {"name": ALL, "version": ALL, "build": ALL, "editor": ALL, "nil": ALL}
    plan = {"waves": ["2"], "corridor": ["LGC"], "profiles": [], "packs": [], "lifetimes": "short"}
    tell("run.started", schema_version=1, run_id="r", bench={"name": "banc", "version": "0"},
         catalogue={"sha256": "0"}, rules={}, product=product, plan=plan, stage={}, expected=[],
         environment={}, lang="fr")  # fmt: skip
    for story, steps in ((STORY, 11), (LIFE, 11)):
        writer.scenario = story
        tell("scenario.started", id=story, attempt=1, mode="web", face="web", driver="browser",
             steps=steps, fault=None, twin=None)  # fmt: skip
        for step in range(1, steps + 1):
            writer.step = step
            tell("step.started", n=step, title=f"{step}")
            attack(tell, step)
            if story == LIFE:
                handed_over(tell, step)
            tell("step.finished", n=step, completed=True)
        writer.step = None
        tell("system.died", face="web", code=1, tail=ALL)
        tell("scenario.finished", id=story, attempt=1, ended="stopped", reason=ALL, stopped_at=11,
             party="system")  # fmt: skip
    writer.close()


def attack(tell: Any, step: int) -> None:
    """One exchange, one look, one question of the page and one refusal, all hostile."""
    headers = {"user-agent": ALL, SCRIPT: ALL}
    about = {"query": {ALL: ALL, "state": ALL, "scope": 10**30}, "began": step, "ended": step}
    request = {"headers": headers, "form": {"code": ALL, SCRIPT: [ALL, ALL]}, "body": ALL}
    response = {"status": 200, "headers": headers, "redirect": {"url": ALL, "query": {ALL: ALL}}}
    for route in ("product", "authorize", "token", "userinfo", "logout", None):
        source = "ui" if route == "product" else "psc"
        tell("http.exchange", source, route=route, method=SCRIPT, url=ATTACKS[3], cut=False,
             request=request, response=response, facts={}, refused_for=None, **about)  # fmt: skip
    picture = Blob("x.png", "image/png", SCRIPT.encode())
    values = {"offer": {"shown": ALL, "recipients": [ALL, 1, None]}, ALL: ALL, "digits": 10**40}
    for what in ("terms.psc", "psc.button", "identity", "practice-choice", "notify-offer"):
        tell("ui.seen", "ui", (picture,), what=what, present=True, text=ALL, values=values, url=ALL)
    tell("bench.note", "ui", what="dialog", values={"type": "alert", "message": ALL})
    for name in ("connected_identity", "send_document", "delete_document", "logout"):
        for outcome in ("done", "refused"):
            tell("action.started", "adapter", n=step, name=name, face="web", arguments={})
            tell("action.finished", "adapter", n=step, name=name, face="web", outcome=outcome,
                 values=values, shown=ALL, reason=ALL, began=step, ended=step)  # fmt: skip


def handed_over(tell: Any, step: int) -> None:
    envelope = {"from": ALL, "to": [{"address": ALL, "notify": ALL, "orcpt": ALL}]}
    tell("smtp.command", "smtp", connection="c", n=step, tls=True, verb="MAIL", line=ALL, reply=ALL)
    for octets in mails():
        blob = Blob(ALL, "message/rfc822", octets)
        tell("mail.accepted", "smtp", (blob,), connection="c", via="smtp", mailbox=ALL,
             envelope=envelope, size=len(octets), message_id=ALL)  # fmt: skip


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The bundle of the hostile product, finished once."""
    folder = tmp_path_factory.mktemp("hostile") / "run"
    record(folder)
    return finish(folder)


def test_nothing_that_a_product_sends_is_a_defect_of_the_bench(attacked: Finished) -> None:
    defects = [f for f in attacked.judgement.findings if f.verdict is Verdict.ERROR]

    assert [(f.rule, f.scenario, dict(f.params)) for f in defects] == []
    assert attacked.problems == []
    assert verify(attacked.folder, deep=False).code == 0


def test_proofs_stay_in_their_folder_under_the_names_of_the_catalogue(attacked: Finished) -> None:
    proofs = attacked.folder / "proofs"

    with (proofs / "index.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    written = {row["file"] for row in rows if row["file"]}
    assert written and written == {path.name for path in proofs.iterdir()} - {"index.csv"}
    assert all(len(name) < 80 and ".." not in name for name in written)
    assert not list(attacked.folder.parent.rglob("*evil*"))


def test_every_machine_readable_report_is_still_one(attacked: Finished) -> None:
    results = list((attacked.folder / "allure-results").glob("*.json"))

    etree.parse(attacked.folder / "junit.xml")
    assert JUnitXml.fromfile(str(attacked.folder / "junit.xml")).tests >= 2
    assert results and all(json.loads(path.read_bytes()) for path in results)
    assert (attacked.folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_report_runs_no_script_and_asks_nobody_anything(
    attacked: Finished, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    shutil.copy(attacked.folder / "report.html", report)
    asked, complaints = list[str](), list[str]()

    def dismiss(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", dismiss)
        page.goto(report.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for link in page.locator("a[href]").all()[:20]:
            link.dispatch_event("click")
        facts = page.evaluate(
            """() => ({
                pwned: window.pwned === undefined,
                handlers: [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())
                    .filter(n => n.startsWith('on')),
                strange: [...document.querySelectorAll('iframe, object, embed, svg[onload], base')]
                    .map(e => e.outerHTML),
                schemes: [...document.querySelectorAll('[href], [src]')]
                    .map(e => e.getAttribute('href') || e.getAttribute('src'))
                    .filter(u => /^\\s*(javascript|data:text|vbscript|https?|\\/\\/)/i.test(u)),
                shown: document.body.textContent.includes('<script>window.pwned=1</script>'),
            })"""
        )
        browser.close()

    assert facts == {"pwned": True, "handlers": [], "strange": [], "schemes": [], "shown": True}
    assert complaints == []
    assert {url.partition("#")[0] for url in asked} == {report.as_uri()}
