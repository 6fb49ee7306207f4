"""A product driven by hand: one program types at `banc run`, another uses the product meanwhile."""

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from lxml import html

from mocks.identities import DOCTOR

pexpect = pytest.importorskip("pexpect", reason="a terminal of POSIX is typed at")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a POSIX terminal")

PROMPT = "\r\n  > "
STORY = "PSC.01.01@cps"
NAME = f"{DOCTOR.title} {DOCTOR.name}"
PRODUCT = """\
[product]
name = "Cabinet Exemple LPS"
version = "1.0.0"

[plan]
corridor = "LGC"
wave = ["1", "2"]

[[face]]
name = "web"
driver = "operator"
address = "http://127.0.0.1:{port}"
ready = "http://127.0.0.1:{port}/connexion"
start = ["{python}", "-m", "mocks.lps", "web", "--port", "{port}", "--no-adapter",
  "--psc-discovery", "{psc_discovery}", "--client-id", "{client_id}", "--ca-file", "{ca_file}",
  "--smtp-host", "{smtp_host}", "--smtp-port", "{smtp_port}",
  "--domain", "{domain}", "--patient-domain", "{patient_domain}"]
env = { BANC_CLIENT_SECRET = "{client_secret}" }
redirect_uris = ["http://127.0.0.1:{port}/psc/retour"]
post_logout_redirect_uris = ["http://127.0.0.1:{port}/deconnexion/retour"]

[[face]]
name = "desktop"
driver = "operator"
address = "http://127.0.0.1:{port}"
ready = "http://127.0.0.1:{port}/ready"
start = ["{python}", "-m", "mocks.lps", "desktop", "--port", "{port}", "--no-window",
  "--psc-discovery", "{psc_discovery}", "--client-id", "{client_id}", "--ca-file", "{ca_file}"]
env = { BANC_CLIENT_SECRET = "{client_secret}" }
"""


class Visitor:
    """Somebody in front of the reference product, with a browser of their own."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._browser = httpx.Client(verify=False, follow_redirects=True, timeout=30)

    def open(self, path: str) -> httpx.Response:
        """Go to a page of the product."""
        return self._browser.get(f"{self.address}{path}")

    def submit(self, page: httpx.Response, name: str, value: str, **more: str) -> httpx.Response:
        """Send the form that holds a field of that name and value."""
        tree: Any = html.document_fromstring(page.content)
        found = tree.xpath("//form[.//*[@name=$name][@value=$value]]", name=name, value=value)
        form = found[0] if found else tree.forms[0]
        fields = dict(form.form_values()) | {name: value} | more
        return self._browser.post(urljoin(str(page.url), form.get("action") or ""), data=fields)

    def sign_in(self) -> httpx.Response:
        """By card, from the button of the product to its first page."""
        chosen = {"national_id": DOCTOR.national_id, "step": "choose"}
        wallet = self.open("/connexion/psc")
        return self.submit(self.submit(wallet, "means", "cps", **chosen), "step", "card")

    def sign_out(self) -> None:
        """By the button of the product."""
        page = self.open("/deconnexion")
        tree: Any = html.document_fromstring(page.content)
        self._browser.post(str(page.url), data=dict(tree.forms[0].form_values()))

    def act(self, name: str, **arguments: object) -> dict[str, Any]:
        """Press a button of the desktop program."""
        answer = self._browser.post(f"{self.address}/actions/{name}", json=arguments)
        said: dict[str, Any] = answer.json()
        return said


@dataclass
class Typist:
    """Who types at the run: waits for words on the terminal, then for the place to answer."""

    child: Any
    reports: Path
    shown: list[str] = field(default_factory=list)

    def at(self, words: str) -> str:
        """Read on until a question holds these words; what was shown since the last answer."""
        self.child.expect_exact(words)
        before = str(self.child.before) + words
        self.child.expect_exact(PROMPT)
        self.shown.append(before + str(self.child.before) + PROMPT)
        return self.shown[-1]

    def says(self, line: str) -> None:
        """Type a line."""
        self.child.sendline(line)

    def answers(self, words: str, line: str = "") -> str:
        """Answer the question with these words."""
        shown = self.at(words)
        self.says(line)
        return shown

    def ends(self) -> int:
        """Read to the end; the exit code of the run."""
        self.child.expect(pexpect.EOF)
        self.shown.append(str(self.child.before))
        code: int = self.child.wait()
        return code

    @property
    def transcript(self) -> str:
        """All that the terminal showed."""
        return "".join(self.shown)

    @property
    def bundle(self) -> Path:
        """Its only bundle."""
        [folder] = self.reports.iterdir()
        return folder

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the journal holds of a kind so far, with its envelope."""
        lines = (self.bundle / "journal" / "main.jsonl").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]

    def findings(self) -> dict[tuple[str, str], dict[str, Any]]:
        """By rule and subject."""
        found = json.loads((self.bundle / "findings.json").read_text(encoding="utf-8"))["findings"]
        return {(f["key"]["rule"], f["key"]["subject"]): f for f in found if f["said"]}

    def visitor(self, words: str = "Affichez votre produit") -> Visitor:
        """Say that the product is on the screen, and use it at the address that was shown."""
        shown = self.answers(words)
        return Visitor(re.findall(r"http://127\.0\.0\.1:\d+", shown)[-1])


Start = Callable[..., Typist]
Banc = Callable[..., Any]


@pytest.fixture
def start(tmp_path: Path, quick: dict[str, str]) -> Iterator[Start]:
    """`start(story)`: a run of the reference product in a terminal of 80 columns."""
    (tmp_path / "banc.toml").write_text(PRODUCT, encoding="utf-8", newline="\n")
    running: list[Typist] = []
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "NO_COLOR")
    environment = {k: v for k, v in quick.items() if k not in hidden}
    root = str(Path(__file__).parents[2])
    environment |= {"BANC_CONFIG": str(tmp_path / "keys"), "TERM": "xterm", "PYTHONPATH": root}

    def begin(story: str, *arguments: str, **more: str) -> Typist:
        reports = tmp_path / "reports"
        command = ["-m", "conformance.cli", "run", "--config", str(tmp_path / "banc.toml")]
        command += ["--only", story, "--reports", str(reports), *arguments]
        child = pexpect.spawn(
            sys.executable,
            command,
            env=environment | more,
            cwd=str(tmp_path),
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=60,
        )
        running.append(Typist(child, reports))
        return running[-1]

    yield begin
    for typist in running:
        print(typist.transcript, typist.child.before)  # what pytest shows of a test that failed
        if typist.child.isalive():
            typist.child.kill(signal.SIGTERM)
            typist.child.expect(pexpect.EOF)
        typist.child.wait()


def read_the_terms(typist: Typist) -> None:
    """Steps 1 to 4 of the story."""
    typist.answers("Affichez la page des conditions")
    typist.answers("Faites défiler")
    typist.answers("Lit-on à l'écran un paragraphe", "o")
    typist.answers("Fermez les conditions")
    typist.answers("Allez à la zone de connexion")
    typist.answers("Quel texte porte le bouton", "S'identifier avec Pro Santé Connect")


def signed_in(typist: Typist, visitor: Visitor) -> None:
    """Steps 5 to 8: the product is used, nothing is typed until the names are asked."""
    typist.at("Lancez la connexion")
    visitor.sign_in()
    typist.at("Quel nom votre produit montre-t-il")
    typist.says(NAME)
    typist.answers("plusieurs lieux d'exercice", "oui")


def test_a_whole_story_is_told_by_hand_and_moves_on_by_itself(start: Start) -> None:
    typist = start(STORY)
    visitor = typist.visitor()

    read_the_terms(typist)
    signed_in(typist, visitor)
    typist.answers("Allez à la zone de déconnexion")
    typist.answers("La commande de déconnexion", "o")
    typist.at("Déconnectez-vous de")
    visitor.sign_out()
    typist.answers("plus personne n'est connecté", "o")
    typist.at("Lancez la connexion")
    visitor.open("/connexion/psc")
    code = typist.ends()

    findings = typist.findings()
    assert code == 0
    assert [key for key, f in findings.items() if f["said"] == "broken"] == []
    verdicts = {f["verdict"] for f in findings.values() if f["witness"] == "declared"}
    assert verdicts == {"review"}
    assert findings["psc.identity.shown", "identity 1"]["said"] == "held"
    assert {e["witness"] for e in typist.events("action.finished")} == {"declared"}
    assert "Étape 7/11" in typist.transcript and "(déjà répondu" in typist.transcript
    assert typist.transcript.count("banc film add") == 1
    assert too_wide(typist) == []


def too_wide(typist: Typist) -> list[str]:
    """The lines over 80 columns that a person is shown, until the verdict of the story."""
    shown = re.sub("\x1b\\[[01]m", "", typist.transcript)
    told = re.split(r"\n\S PSC\.01\.01", shown)[0]
    return [line for line in told.splitlines() if len(line) > 80]


def test_what_was_said_is_corrected_and_remarks_are_kept(start: Start) -> None:
    typist = start(STORY, NO_COLOR="1")
    typist.visitor()

    typist.answers("Affichez la page des conditions", "note écran de 13 pouces")
    typist.answers("Noté.", "pause")
    typist.answers("En pause", "")
    typist.answers("[Entrée : c'est fait")
    typist.answers("Faites défiler", "aide")
    typist.answers("corriger la réponse précédente", "")
    typist.answers("Lit-on à l'écran un paragraphe", "n")
    typist.answers("Fermez les conditions", "Retour")
    typist.answers("garder « non »", "o")
    typist.answers("Corrigé.", "back")
    typist.answers("garder « oui »", "RETOUR")
    typist.answers("Faites défiler", "échec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", "Page indisponible")
    code = typist.ends()

    corrected = [e["data"] for e in typist.events("ui.seen") if e["data"].get("amends")]
    notes = {e["data"]["choice"]: e["data"]["note"] for e in typist.events("operator.said")}
    finished = typist.events("scenario.finished")[0]["data"]
    story = typist.findings()["story.complete", "story"]
    assert code == 1
    assert (story["said"], story["params"]["step"]) == ("broken", 2)
    assert [(seen["what"], seen["present"]) for seen in corrected] == [("terms.psc", True)]
    assert notes["note"] == "écran de 13 pouces" and {"pause", "resume", "back"} <= set(notes)
    assert (finished["ended"], finished["stopped_at"]) == ("stopped", 2)
    assert typist.findings()["psc.terms.shown", "terms 1"]["said"] == "held"
    assert "\x1b" not in typist.transcript
    assert too_wide(typist) == []


def test_a_wrong_order_is_told_at_once_and_a_refusal_in_the_words_of_the_product(
    start: Start,
) -> None:
    typist = start(STORY)
    visitor = typist.visitor()

    typist.at("Affichez la page des conditions")
    visitor.open("/connexion/psc")
    told = typist.answers("Dans le désordre")
    typist.answers("Faites défiler", "echec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", "")
    typist.answers("Sans mots affichés", "1")
    typist.answers("Recopiez les mots", "Conditions indisponibles")
    code = typist.ends()

    notes = [event["data"] for event in typist.events("bench.note")]
    order = [note for note in notes if note["what"] == "operator.order"]
    last = typist.events("action.finished")[-1]["data"]
    assert "une demande de connexion à Pro Santé Connect" in " ".join(told.split())
    assert order[0]["values"]["asked"] == "show_terms"
    assert order[0]["values"]["seen"] == "login-request"
    assert (last["outcome"], last["shown"]) == ("refused", "Conditions indisponibles")
    assert typist.findings()["story.complete", "story"]["said"] == "broken"
    assert code == 1


def test_an_input_that_ends_ends_the_run_in_a_sentence_and_loses_nothing(start: Start) -> None:
    typist = start(STORY, "--lang", "en", TERM="dumb")

    typist.answers("Have your product on the screen")
    typist.answers("Show the page with the terms")
    typist.at("Scroll to the paragraph")
    typist.child.sendeof()
    code = typist.ends()

    finished = typist.events("scenario.finished")[0]["data"]
    assert code == 2
    assert "Nobody answers any more" in " ".join(typist.transcript.split())
    assert finished["ended"] == "interrupted" and "Nobody answers" in finished["reason"]
    assert len(typist.events("action.finished")) == 1
    assert (typist.bundle / "manifest.jws").is_file()
    assert "Traceback" not in typist.transcript and "\x1b" not in typist.transcript


def ciba_digits(typist: Typist) -> str:
    """The digits that the product sent, which it shows on its own window."""
    [asked] = [e for e in typist.events("http.exchange") if e["data"]["route"] == "ciba"]
    digits: str = asked["data"]["request"]["form"]["binding_message"]
    return digits


def test_digits_typed_right_let_the_robot_approve(start: Start) -> None:
    typist = start("banc:psc-ciba-login")
    product = typist.visitor()

    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    product.act("start_psc_login", means="ecps", national_id=DOCTOR.national_id)
    typist.answers("Quels sont les deux chiffres", "quarante-deux")
    typist.answers("Deux chiffres sont attendus", ciba_digits(typist))
    typist.answers("Qui est connecté", NAME)
    code = typist.ends()

    answered = [e["data"] for e in typist.events("bench.note") if "agreed" in e["data"]["values"]]
    assert code == 0
    assert [note["values"]["agreed"] for note in answered] == [True]
    assert typist.findings()["story.complete", "story"]["verdict"] == "review"


def test_digits_typed_wrong_make_the_robot_refuse(start: Start) -> None:
    typist = start("banc:psc-ciba-login")
    product = typist.visitor()

    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    product.act("start_psc_login", means="ecps", national_id=DOCTOR.national_id)
    typist.at("Quels sont les deux chiffres")
    typist.says("00" if ciba_digits(typist) != "00" else "11")
    typist.answers("Attendez que votre produit", "échec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", "Connexion refusée sur le téléphone")
    typist.ends()

    answered = [e["data"] for e in typist.events("bench.note") if "agreed" in e["data"]["values"]]
    assert [note["values"]["agreed"] for note in answered] == [False]
    assert typist.events("action.finished")[-1]["data"]["outcome"] == "refused"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--jobs", "2"), "une personne ne fait qu'une chose à la fois, attendu --jobs 1"),
        ((), "il n'y a pas de terminal où lui parler"),
    ],
)
def test_a_run_that_cannot_ask_anybody_is_refused_before_it_starts(
    tmp_path: Path, banc: Banc, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "banc.toml").write_text(PRODUCT, encoding="utf-8", newline="\n")
    asked = ("--only", STORY, "--config", tmp_path / "banc.toml", "--reports", tmp_path / "r")

    told = banc("run", *asked, *arguments)

    assert told.code == 2
    assert len(told.lines) == 1 and said in told.lines[0]
    assert list((tmp_path / "r").iterdir()) == []
