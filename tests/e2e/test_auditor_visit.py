"""An auditor with somebody else's bundle: decide on it, report on it, run it again on the spot."""

import json
import shutil
import subprocess
import sys
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from conformance.bundle.keys import make_user_key
from conformance.bundle.verify import verify
from conformance.wording.verdicts import reason_sentence
from tests.worlds.command import Banc

pytestmark = pytest.mark.xdist_group("auditor-visit")  # one run is made for all of them

ADAPTER = resources.files("mocks.lps") / "banc.adapter.toml"
STORY = "banc:psc-web-login"
REVIEWED = "EX PSC 01"


def rehearse(
    reports: Path, quick: dict[str, str], *arguments: object
) -> subprocess.CompletedProcess[str]:
    """`banc run` in a process of its own, without video."""
    command = [sys.executable, "-m", "conformance.cli", "run", "--no-video"]
    return subprocess.run(
        [*command, "--reports", str(reports), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=quick | {"BANC_CONFIG": str(reports.parent / "keys"), "BANC_LANG": "fr"},
        timeout=300,
        check=False,
    )


def only_one(reports: Path) -> Path:
    [bundle] = [path for path in reports.iterdir() if (path / "manifest.json").is_file()]
    return bundle


@pytest.fixture(scope="module")
def deposit(tmp_path_factory: pytest.TempPathFactory, quick: dict[str, str]) -> Path:
    """What a vendor deposited: two stories of their product, sealed."""
    reports = tmp_path_factory.mktemp("deposit") / "reports"
    done = rehearse(reports, quick, "--config", ADAPTER, "--only", STORY, "--only", "PSC.01.01@cps")
    assert done.returncode == 0, done.stderr
    return only_one(reports)


@pytest.fixture
def bundle(deposit: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(deposit, tmp_path / deposit.name))


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def page(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(path.read_text(encoding="utf-8"))


def run_data(bundle: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((bundle / "run.json").read_bytes())
    return data


# The page of the visit


def test_the_page_lists_what_is_not_clear_with_what_to_show_and_how(deposit: Path) -> None:
    visit = page(deposit / "report.html").get_element_by_id("visit")

    text = visit.text_content()
    links = visit.xpath(".//a/@href")
    ids = set(page(deposit / "report.html").xpath("//@id"))
    assert f"banc run --like {deposit.name} --only PSC.01.01@cps --config banc.toml" in text
    assert REVIEWED in text
    assert "Montrer le scénario PSC.01.01@cps en entier : 11 étapes." in text
    assert reason_sentence("declared") in text
    assert "Montrer à nouveau l'étape 8" in text
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= ids
    assert all(table.xpath("./caption") for table in visit.xpath(".//table"))


# Decisions


def test_decisions_of_two_roles_stand_beside_the_verdict_of_the_bench(
    banc: Banc, bundle: Path
) -> None:
    before = files(bundle)
    make_user_key()

    auditor = banc("decide", bundle, "--on", REVIEWED, "--decision", "conforme", "--author",
                   "Ana Durand", "--role", "auditor", "--comment", "vu au cabinet")  # fmt: skip
    vendor = banc("decide", bundle, "--on", REVIEWED, "--decision", "reserve", "--author",
                  "Éditions Exemple", "--role", "vendor")  # fmt: skip
    listed = banc("decide", bundle, "--json")
    out = bundle.with_name("report.html")
    told = banc("report", bundle, "--out", out)

    assert (auditor.code, vendor.code, listed.code, told.code) == (0, 0, 0, 0)
    assert "deux avis" in vendor.out
    said = json.loads(listed.out)
    assert [d["decision"] for d in said["decisions"]] == ["conforme", "reserve"]
    assert REVIEWED not in {item["name"] for item in said["open"]}
    shown = page(out).get_element_by_id("opinions").text_content()
    for word in ("à vérifier", "avis : conforme", "avis : réserve non bloquante", "vu au cabinet",
                 "jamais un résultat ni un label de l'ANS"):  # fmt: skip
        assert word in shown
    assert files(bundle) == before
    assert banc("verify", bundle).code == 0


def test_a_csv_of_decisions_is_all_or_nothing(banc: Banc, bundle: Path, tmp_path: Path) -> None:
    make_user_key()
    table = tmp_path / "avis.csv"
    table.write_text(
        f"on;decision;comment\n{REVIEWED};visite;\n{REVIEWED};conforme;\n", encoding="utf-8"
    )
    asked = ("decide", bundle, "--from", table, "--author", "Ana", "--role", "auditor")

    refused = banc(*asked)
    table.write_text(f"on;decision;comment\n{REVIEWED};visite;à revoir\n", encoding="utf-8")
    recorded = banc(*asked)

    assert (refused.code, recorded.code) == (2, 0)
    assert refused.lines == [
        f"banc: {REVIEWED} : visite et conforme se contredisent ; rien n'a été enregistré"
    ]
    assert recorded.out.strip().endswith("001.json")


REFUSALS = {
    "no author": (("--on", REVIEWED, "--decision", "visite", "--role", "vendor"), "--author"),
    "no role": (("--on", REVIEWED, "--decision", "visite", "--author", "A"), "--role"),
    "no decision": (("--on", REVIEWED), "--on et --decision vont ensemble"),
    "nobody to ask": ((), "rien à décider"),
    "both at once": (("--list", "--author", "A"), "ne font que montrer"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_missing_is_one_sentence(banc: Banc, bundle: Path, what: str) -> None:
    arguments, sentence = REFUSALS[what]
    make_user_key()

    told = banc("decide", bundle, *arguments)

    assert (told.code, len(told.lines)) == (2, 1)
    assert sentence in told.lines[0]


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a POSIX terminal")
def test_a_person_walks_through_what_is_open_at_a_terminal_of_80_columns(
    bundle: Path, tmp_path: Path, quick: dict[str, str]
) -> None:
    import pexpect

    environment = quick | {"BANC_CONFIG": str(tmp_path / "keys"), "TERM": "dumb", "BANC_LANG": "fr"}
    command = ["-m", "conformance.cli", "decide", str(bundle), "--new-key"]

    person = pexpect.spawn(
        sys.executable, command, env=environment, encoding="utf-8", dimensions=(24, 80), timeout=60
    )
    person.expect("Votre nom")
    person.sendline("Ana Durand")
    person.expect("Votre rôle")
    person.sendline("ANS")
    person.expect("attendu l'une des valeurs vendor, auditor")
    person.sendline("auditor")
    person.expect(r"\[1/\d+\]")
    person.expect("c/r/v/n")
    person.sendline("x")
    person.expect("attendu l'une des valeurs")
    person.sendline("r")
    person.expect("Commentaire")
    person.sendline("à revoir")
    person.expect(r"001\.json")
    person.expect(r"\[2/\d+\]")
    shown = person.before
    person.sendline("")
    person.expect(r"\[3/\d+\]")
    person.sendline("q")
    person.expect("décisions enregistrées : 1")
    person.expect(pexpect.EOF)
    person.close()

    assert person.exitstatus == 0
    assert all(len(line) <= 80 for line in shown.splitlines())
    [decided] = (bundle.with_name(f"{bundle.name}.decisions")).glob("*.json")
    assert json.loads(decided.read_bytes())["decision"] == "reserve"
    assert verify(bundle).code == 0


# The same run on the spot


def test_the_same_product_shows_no_difference_and_ends_as_the_run_did(
    deposit: Path, tmp_path: Path, quick: dict[str, str]
) -> None:
    done = rehearse(tmp_path / "r", quick, "--config", ADAPTER, "--like", deposit)

    again = only_one(tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert "Aucune différence entre les constats." in done.stdout
    assert run_data(again)["like"]["run_id"] == deposit.name
    assert run_data(again)["plan"]["profiles"] == run_data(deposit)["plan"]["profiles"]
    told = {
        f["key"]["scenario"] for f in json.loads((again / "findings.json").read_bytes())["findings"]
    }
    assert told >= {STORY, "PSC.01.01@cps"}
    text = page(again / "report.html").get_element_by_id("deposited").text_content()
    assert "Aucune différence avec le dépôt." in text
    assert verify(again).code == verify(deposit).code == 0


def test_a_faulty_build_is_told_as_worse_than_its_deposit_and_ends_with_1(
    deposit: Path, tmp_path: Path, quick: dict[str, str]
) -> None:
    archive = tmp_path / "depot.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name, octets in files(deposit).items():
            out.writestr(f"{deposit.name}/{name}", octets)

    done = rehearse(tmp_path / "r", quick, "--config", ADAPTER, "--like", archive, "--only", STORY,
                    "--mutant", "state-short")  # fmt: skip

    report = page(only_one(tmp_path / "r") / "report.html")
    text = report.get_element_by_id("deposited").text_content()
    assert done.returncode == 1
    assert "pire : psc.request.state-length" in done.stdout
    assert "La visite montre pire que le dépôt." in text
    assert "Joués dans le dépôt et pas ici, donc non comparés : PSC.01.01@cps" in text


def altered(bundle: Path) -> Path:
    (bundle / "report.html").write_text("autre", encoding="utf-8")
    return bundle


def unfinished(bundle: Path) -> Path:
    for name in ("manifest.json", "manifest.jws", "findings.json"):
        (bundle / name).unlink()
    return bundle


NOTHING_RUN = {
    "altered": (altered, ("--config", ADAPTER), 1, "rien n'a été exécuté"),
    "unfinished": (unfinished, ("--config", ADAPTER), 2, "banc finish"),
    "no product": (lambda bundle: bundle, (), 2, "--config dit où il se trouve"),
    "its own packs": (lambda bundle: bundle, ("--packs", "all"), 2, "c'est le dépôt qui le dit"),
    "no story": (lambda bundle: bundle, ("--config", ADAPTER, "--only", "X.1"), 2, "X.1"),
}


@pytest.mark.parametrize("what", NOTHING_RUN)
def test_nothing_is_run_like_what_cannot_be(
    banc: Banc, bundle: Path, tmp_path: Path, what: str
) -> None:
    change, arguments, code, sentence = NOTHING_RUN[what]
    change(bundle)

    told = banc("run", "--like", bundle, "--reports", tmp_path / "r", *arguments)

    assert told.code == code
    assert sentence in told.lines[-1]
    assert not (tmp_path / "r").exists() or not list((tmp_path / "r").iterdir())


def test_what_is_not_the_same_here_is_told_before_the_start(deposit: Path) -> None:
    from dataclasses import replace

    from conformance.comparing.deposit import deposit_of, strangeness

    read = deposit_of(deposit)
    rules = dict(read.run["rules"])
    name = next(iter(rules))
    here = {**{rule: sha for rule, sha in rules.items() if rule != name}, "psc.new": "0"}
    here[list(rules)[1]] = "changed"

    other = replace(read, manifest=None, catalogue=replace(read.catalogue, sha256="0"))

    same = list(strangeness(read, rules))
    told = list(strangeness(other, here))

    assert same == []
    assert len(told) == 5
    assert any(name in sentence for sentence in told)
    assert any("psc.new" in sentence for sentence in told)
