"""The folder for the product's desk: whole, readable, private, and never over somebody else's."""

import csv
import json
import re
import ssl
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from lxml import html

from common.identities import DOCTOR
from conformance import locale
from conformance.errors import NotReady
from conformance.plan import load_plan
from conformance.plan.listening import Listening
from conformance.serving.addresses import Addresses
from conformance.serving.export import FILES, Export, Root
from conformance.serving.export_files import require_folder, write
from conformance.stage.services.registration import ClientRegistration
from mocks.pki.authority import Authority

SECRET = "un-secret-de-client-a-ne-pas-montrer"
PSC = "https://banc.test:8443"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return Root(Authority(tmp_path_factory.mktemp("pki")).root_pem)


@pytest.fixture
def export(root: Root) -> Export:
    addresses = Addresses(
        issuer=f"{PSC}/auth/realms/esante-wallet",
        discovery=f"{PSC}/auth/realms/esante-wallet/.well-known/wallet-openid-configuration",
        authorization=f"{PSC}/auth",
        phone=f"{PSC}/phone",
        control=f"{PSC}/control/tenants",
        host="banc.test",
        machine="10.77.0.1",
        ports={"psc_port": 8443, "smtp_port": 5587},
        domain="default.mss.test",
        patient_domain="patient.default.mss.test",
        client=ClientRegistration("lps", "both", ('https://p.test/retour?a="1"',), ()),
        allow=("10.77.0.2/32",),
        lifetimes="official",
    )
    return Export(addresses, root, SECRET, ("10.77.0.1",))


@pytest.fixture(params=["fr", "en"])
def lang(request: pytest.FixtureRequest) -> Iterator[Any]:
    locale.set_language(request.param)
    yield request.param
    locale.set_language(locale.DEFAULT_LANGUAGE)


def _elsewhere(export: Export, **changes: Any) -> Any:
    return replace(export, addresses=replace(export.addresses, **changes))


def test_every_file_is_there_and_only_the_client_s_is_private(
    export: Export, tmp_path: Path
) -> None:
    said = write(export, tmp_path)

    assert said == []
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)
    holding = [p.name for p in tmp_path.iterdir() if SECRET.encode() in p.read_bytes()]
    assert holding == ["client.json"]
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "client.json").stat().st_mode) == 0o600


def test_both_forms_of_the_root_are_the_same_certificate(export: Export, tmp_path: Path) -> None:
    write(export, tmp_path)

    der = x509.load_der_x509_certificate((tmp_path / "banc-ac.cer").read_bytes())
    pem = x509.load_pem_x509_certificate((tmp_path / "banc-ac.pem").read_bytes())
    assert der == pem
    assert ssl.create_default_context(cafile=tmp_path / "banc-ac.pem").cert_store_stats()["x509"]


def test_its_plan_can_be_run_at_the_same_addresses(
    export: Export, tmp_path: Path, lang: str
) -> None:
    write(export, tmp_path)

    plan = load_plan(tmp_path / "banc.toml")

    assert Listening.of(plan.stage) == Listening(
        listen="10.77.0.1",
        host="banc.test",
        allow=["10.77.0.2/32"],
        psc_port=8443,
        smtp_port=5587,
    )
    assert {face.driver for face in plan.faces} == {"operator"}
    assert plan.faces[0].client_id == "lps"
    assert plan.faces[0].redirect_uris == ['https://p.test/retour?a="1"']


def test_the_plan_of_a_loopback_bench_can_be_run_too(export: Export, tmp_path: Path) -> None:
    write(_elsewhere(export, host="localhost", machine="127.0.0.1", allow=()), tmp_path)

    stage = load_plan(tmp_path / "banc.toml").stage

    assert Listening.of(stage) == Listening(psc_port=8443, smtp_port=5587)


def test_people_come_with_the_mailboxes_of_these_addresses(export: Export, tmp_path: Path) -> None:
    write(export, tmp_path)

    with (tmp_path / "identites.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    [doctor] = [row for row in rows if row["key"] == "doctor"]
    assert doctor["mailbox"] == DOCTOR.mailbox("default.mss.test")
    assert json.loads((tmp_path / "identites.json").read_text(encoding="utf-8")) == rows


@pytest.mark.parametrize(
    ("host", "machines", "lines"),
    [
        ("banc.test", ("10.77.0.1",), ["10.77.0.1 banc.test"]),
        ("banc.test", ("10.77.0.1", "192.168.1.20"), ["10.77.0.1 banc.test"]),
        ("10.77.0.1", ("10.77.0.1",), []),
        ("localhost", ("127.0.0.1",), []),
    ],
)
def test_a_hosts_line_is_given_where_one_is_needed(
    export: Export, host: str, machines: Any, lines: Any
) -> None:
    told = replace(_elsewhere(export, host=host), machines=machines).hosts()

    assert [line for line in told.splitlines() if not line.startswith("#")] == lines


def test_the_page_is_whole_in_itself_and_can_be_read_by_anybody(
    export: Export, tmp_path: Path, lang: str
) -> None:
    write(export, tmp_path)

    page = html.parse(str(tmp_path / "LISEZMOI.html")).getroot()

    assert page.get("lang") == lang
    assert page.xpath("//script | //img | //iframe | //link | //form") == []
    assert not re.search(r"\bon\w+=|url\(|@import", (tmp_path / "LISEZMOI.html").read_text("utf-8"))
    assert all(link.startswith("#") for link in page.xpath("//@href | //@src"))
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in page.xpath("//a/@href"))
    headings = [int(h.tag[1]) for h in page.xpath("//h1 | //h2 | //h3")]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert page.xpath("//th[not(@scope)]") == []
    assert page.xpath("//pre[not(@tabindex)]") == []
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_the_page_says_what_to_type_and_that_it_is_a_rehearsal(
    export: Export, root: Root, tmp_path: Path
) -> None:
    write(export, tmp_path)

    text = html.parse(str(tmp_path / "LISEZMOI.html")).getroot().text_content()

    assert "RÉPÉTITION" in text and "rien de ceci n'est un résultat de l'ANS" in text
    for value in (export.addresses.discovery, "banc.test:5587", "10.77.0.1 banc.test", "lps"):
        assert value in text
    assert root.sha1.upper() in text and root.sha256 in text
    assert DOCTOR.national_id in text
    assert "10.77.0.2/32" in text
    assert "le repère" in text and "« Valider »" in text.replace("\N{NO-BREAK SPACE}", " ")


def test_armed_faults_are_announced_on_the_page(export: Export, tmp_path: Path) -> None:
    write(replace(export, faults=("smtp.auth-refused",)), tmp_path)

    assert "smtp.auth-refused" in (tmp_path / "LISEZMOI.html").read_text(encoding="utf-8")


def test_a_second_export_of_the_same_desk_replaces_the_first(
    export: Export, tmp_path: Path
) -> None:
    write(export, tmp_path)

    require_folder(tmp_path)
    said = write(_elsewhere(export, ports={"psc_port": 8443, "smtp_port": 6000}), tmp_path)

    assert said == []
    assert "banc.test:6000" in (tmp_path / "adresses.txt").read_text(encoding="utf-8")
    assert load_plan(tmp_path / "banc.toml").stage.smtp_port == 6000


def test_a_plan_that_was_worked_on_is_left_as_it_is(
    export: Export, tmp_path: Path, english: None
) -> None:
    write(export, tmp_path)
    worked_on = (tmp_path / "banc.toml").read_text(encoding="utf-8") + "# mine\n"
    (tmp_path / "banc.toml").write_text(worked_on, encoding="utf-8")

    for _ in range(2):
        [said] = write(export, tmp_path)

        assert "banc.toml was changed since it was exported" in said
        assert (tmp_path / "banc.toml").read_text(encoding="utf-8") == worked_on


@pytest.mark.parametrize("changes", [{"host": "autre.test"}])
def test_the_export_of_another_desk_is_left_alone(
    export: Export, tmp_path: Path, english: None, changes: Any
) -> None:
    write(export, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(NotReady, match="the export of another desk is there"):
        write(_elsewhere(export, **changes), tmp_path)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["banc.toml", "adresses.json", "client.json"])
def test_a_folder_of_somebody_s_files_is_left_alone(
    tmp_path: Path, english: None, name: str
) -> None:
    (tmp_path / name).write_text("{}", encoding="utf-8")

    with pytest.raises(NotReady, match=f"{name} is there already, expected an empty folder"):
        require_folder(tmp_path)


@pytest.mark.parametrize("client", [[], {}, {"client_id": 1}, "banc-lps"])
def test_a_damaged_export_is_left_alone_in_one_sentence(
    export: Export, tmp_path: Path, english: None, client: Any
) -> None:
    write(export, tmp_path)
    about = json.loads((tmp_path / "adresses.json").read_text(encoding="utf-8"))
    text = json.dumps(about | {"client": client})
    (tmp_path / "adresses.json").write_text(text, encoding="utf-8")

    with pytest.raises(NotReady, match="the export of another desk is there"):
        write(export, tmp_path)


def test_a_link_that_leads_nowhere_is_somebody_s_file_too(tmp_path: Path, english: None) -> None:
    (tmp_path / "hosts.txt").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NotReady, match=r"hosts\.txt is there already"):
        require_folder(tmp_path)


def test_an_export_replaces_links_and_never_writes_where_they_lead(
    export: Export, tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "desk", tmp_path / "elsewhere"
    folder.mkdir()
    write(export, folder)
    for name in ("hosts.txt", "banc-ac.cer", "client.json"):
        (folder / name).unlink()
        (folder / name).symlink_to(elsewhere)

    write(export, folder)

    assert not elsewhere.exists()
    assert not any(path.is_symlink() for path in folder.iterdir())


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, english: None) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(NotReady, match="expected a folder that can be written"):
        require_folder(tmp_path / "file" / "export")


def test_an_address_of_version_6_is_written_as_in_a_url(export: Export) -> None:
    told = _elsewhere(export, host="fd00::1").addresses

    assert urlsplit(f"//{told.smtp}").port == 5587
    assert urlsplit(f"//{told.smtp}").hostname == "fd00::1"
    assert not told.needs_hosts_line
