"""The page of the first day, followed to the letter: what it asks is typed, what it shows is seen.

`BANC_UPDATE_DOCS=1` writes the pictures that this makes into `docs/images`.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, sync_playwright

from conformance import locale
from conformance.drivers.browser.chromium import find_chromium
from conformance.evidence.film.ffmpeg import find_ffmpeg

pexpect = pytest.importorskip("pexpect", reason="a terminal of POSIX is typed at")
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("first-day")]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {"fr": DOCS / "premier-jour.md", "en": DOCS / "first-day.md"}
EXAMPLE = DOCS / "examples" / "flask-registre-vaccinal"
UPDATE = bool(os.environ.get("BANC_UPDATE_DOCS"))
QUOTED = {
    "fr": (
        "le produit s'est terminé avec le code", "le produit n'est pas prêt", "n'a rien désigné",
        "manquent", "aucune des deux marques n'a été vue", "la page dit", "refusée par le produit",
        "n'a montré ni succès ni refus",
    ),
    "en": (
        "the product ended with code", "the product is not up", "matched nothing", "are missing",
        "neither mark was seen", "the page says", "refused by the product",
        "showed neither success nor refusal",
    ),
}  # fmt: skip
LARGEST = 300_000
GREEN, BLUE = (0x1F, 0x5B, 0x46), (0, 0, 0x91)


def blocks(language: str, kind: str) -> list[str]:
    """The fenced blocks of a page, of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGES[language].read_text("utf-8"), re.M | re.S)


def answers(language: str) -> list[tuple[int, str]]:
    """The table of the questions: the number of each, and what is typed."""
    text = PAGES[language].read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| `([^`]*)` \|", text, re.M)
    return [(int(number), typed) for number, typed in rows]


@dataclass
class Desk:
    """The folder of a newcomer: the start script, the documents, and nothing of theirs yet."""

    folder: Path
    environment: dict[str, str]

    def shell(self, command: str) -> "subprocess.CompletedProcess[str]":
        """Run a block of the page as it stands there."""
        return subprocess.run(
            ["sh", "-euc", command], cwd=self.folder, env=self.environment, capture_output=True,
            text=True, timeout=300, check=False,
        )  # fmt: skip

    @property
    def bundle(self) -> Path:
        """The latest run."""
        return max(
            (path.parent for path in (self.folder / "reports").glob("*/run.json")),
            key=lambda folder: folder.stat().st_mtime_ns,
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """`./banc` without its set-up: the packages are here, and Python is the one of the tests."""
    folder = tmp_path_factory.mktemp("first-day")
    start = folder / "banc"
    start.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conformance.cli "$@"\n', "utf-8")
    start.chmod(0o755)
    (folder / "docs" / "examples").mkdir(parents=True)
    shutil.copytree(
        EXAMPLE,
        folder / "docs" / "examples" / EXAMPLE.name,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    environment = {
        **os.environ,
        "BANC_CONFIG": str(folder / "keys"),
        "BANC_LANG": "fr",
        "PYTHONPATH": str(ROOT),
    }
    return Desk(folder, environment)


def transcript(desk: Desk, language: str) -> str:
    """Type the answers of the page at `banc init`; what was on the terminal."""
    command = next(block for block in blocks(language, "sh") if "banc init" in block)
    child = pexpect.spawn(
        "sh", ["-c", command], cwd=str(desk.folder), encoding="utf-8", timeout=60,
        env={**desk.environment, "BANC_LANG": language}, dimensions=(60, 80),
    )  # fmt: skip
    shown, asked = io.StringIO(), 0
    child.logfile_read = shown
    for number, typed in answers(language):
        if number != asked:
            child.expect_exact(f"{number}/10")
            asked = number
        child.expect(r"\[[^\]]*\] > ")
        child.sendline(typed)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, shown.getvalue()
    return shown.getvalue().replace("\r\n", "\n")


def filled_in(text: str) -> str:
    """What the page says is done by hand."""
    settings, gestures = blocks("fr", "toml")
    text = re.sub(r"^# env = .*\n", lambda _: settings, text, flags=re.M)
    before, _, rest = text.partition("# Les gestes d'un utilisateur")
    assert rest, text
    return f"{before}{gestures}\n[evidence]{rest.partition('[evidence]')[2]}"


@pytest.fixture(scope="module")
def said(desk: Desk) -> dict[str, str]:
    """The page followed from its first command to its last, in French; then `init` in English.

    Each command → what it printed, `init` by its language.
    """
    printed: dict[str, str] = {}
    for block in blocks("fr", "sh"):
        if "banc init" in block:
            printed["fr"] = transcript(desk, "fr")
            path = desk.folder / "mon-produit" / "banc.toml"
            path.write_text(filled_in(path.read_text("utf-8")), encoding="utf-8")
            continue
        if "banc.operator.toml" in block:
            continue  # a person is needed: see below
        done = desk.shell(block)
        printed[block.strip()] = done.stdout + done.stderr
        if "doctor" not in block:  # what this machine lacks is not the page's
            assert done.returncode == 0, (block, done.stdout, done.stderr)
        if block.rstrip().endswith("--only PSC.01.01@ecps"):
            (desk.folder / "film").symlink_to(desk.bundle)
    (desk.folder / "mon-produit" / "banc.toml").rename(desk.folder / "mon-produit" / "filled.toml")
    printed["en"] = transcript(desk, "en")
    return printed


def film_of(desk: Desk) -> Path:
    """The bundle of the one run with film."""
    return (desk.folder / "film").resolve()


def events(bundle: Path, kind: str) -> list[dict[str, Any]]:
    """The events of a kind, read without the bench."""
    lines = (bundle / "journal" / "main.jsonl").read_bytes().splitlines()
    return [event for event in map(json.loads, lines) if event["kind"] == kind]


def test_the_product_of_the_page_is_filmed_and_nothing_is_found(
    desk: Desk, said: dict[str, str]
) -> None:
    bundle = film_of(desk)
    found = json.loads((bundle / "findings.json").read_bytes())["findings"]
    spoken = [finding for finding in found if finding["said"]]

    assert [f for f in spoken if f["said"] != "held" or f["verdict"] != "pass"] == []
    assert {f["key"]["rule"] for f in spoken} >= {
        "psc.terms.shown", "psc.button.wording", "psc.identity.shown", "psc.logout.again-asks",
        "story.complete", "system.survives",
    }  # fmt: skip
    (film,) = [event["data"] for event in events(bundle, "film.finished")]
    assert (film["ok"], film["chapters"]) == (True, 11)


def test_what_the_page_says_lies_in_the_reports_is_there(desk: Desk, said: dict[str, str]) -> None:
    for language in PAGES:
        section = PAGES[language].read_text("utf-8").partition("## 6.")[2].partition("## 7.")[0]
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        named = [n for row in rows for n in re.findall(r"`([^`]+)`", row.split("|")[1])]

        assert named[0] == "report.html"
        assert [name for name in named if not (film_of(desk) / name).is_file()] == []


def test_the_example_is_what_the_page_makes(desk: Desk, said: dict[str, str]) -> None:
    made = (desk.folder / "mon-produit" / "filled.toml").read_text("utf-8")
    if UPDATE:
        (EXAMPLE / "banc.toml").write_text(made, encoding="utf-8", newline="\n")

    assert (EXAMPLE / "banc.toml").read_text("utf-8") == made


def test_both_pages_ask_for_the_same() -> None:
    assert blocks("fr", "sh") == blocks("en", "sh")
    assert blocks("fr", "toml") == blocks("en", "toml")
    assert blocks("fr", "python") == blocks("en", "python")
    assert answers("fr") == answers("en")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_the_page_quotes_is_what_the_bench_says(language: str) -> None:
    page = PAGES[language].read_text("utf-8")
    entries = [entry for entry in locale.read_catalogue() if isinstance(entry.id, str)]
    said = [locale.translations(language).gettext(str(entry.id)) for entry in entries]
    rules = resources.files("conformance.checks")
    folders = (folder / "sentences.yaml" for folder in (rules, *rules.iterdir()))
    said += [words.read_text("utf-8") for words in folders if words.is_file()]

    for quote in QUOTED[language]:
        assert quote in page
        assert any(quote in sentence for sentence in said), quote


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_link_and_picture_of_the_page_is_there(language: str) -> None:
    text = PAGES[language].read_text("utf-8")
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", text, re.M)
    }
    targets = re.findall(r"\]\(([^)]+)\)", text)

    assert len(targets) > 8
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in anchors
        elif not target.startswith("http"):
            assert (DOCS / target).exists(), target


class Somebody:
    """A person at a terminal, with the product in a browser of their own."""

    def __init__(self, desk: Desk, browser: Browser, language: str) -> None:
        command = next(block for block in blocks("fr", "sh") if "banc.operator.toml" in block)
        self.terminal = pexpect.spawn(
            "sh", ["-c", f"exec {command}"], cwd=str(desk.folder), encoding="utf-8", timeout=90,
            env={**desk.environment, "BANC_LANG": language, "TERM": "dumb"}, dimensions=(60, 80),
        )  # fmt: skip
        self.shown = io.StringIO()
        self.terminal.logfile_read = self.shown
        self.context = browser.new_context(ignore_https_errors=True)
        self.page = self.context.new_page()

    def asked(self) -> str | None:
        """The next question, as one line; None once the run has ended."""
        ended = self.terminal.expect([r"\r\n  > (?=$)", pexpect.EOF])
        return None if ended else " ".join(self.terminal.before.split())

    def answers(self, question: str) -> str | None:
        """Do what is asked and give what is to be typed; None where the bench sees for itself."""
        page = self.page
        if "Affichez votre produit" in question:
            page.goto(re.findall(r"http://localhost:\d+", question)[0])
        elif "Affichez la page des conditions" in question:
            page.get_by_role("link", name="Conditions d'utilisation").first.click()
        elif "Fermez les conditions" in question:
            page.get_by_text("J'ai lu, retour à l'accueil").click()
        elif "Allez à la zone de connexion" in question:
            page.get_by_text("Entrer dans l'espace soignants").click()
        elif "Quel texte porte le bouton" in question:
            return page.locator(".psc").inner_text()
        elif "Lancez la connexion" in question:
            self._click(".psc")
            return None
        elif "Sur la page de Pro Santé Connect" in question:
            page.get_by_test_id("wallet-means-ecps").click()
            page.get_by_test_id("wallet-person-899700042171").click()
            self._click("[data-testid=wallet-submit]")
            return None
        elif "Quel nom votre produit" in question:
            return page.locator(".who .name").inner_text()
        elif "Allez à la zone de déconnexion" in question:
            page.get_by_text("Mon compte").click()
        elif "Déconnectez-vous" in question:
            self._click("text=Fermer la session")
            return None
        elif "n : non" in question:
            return "o"
        return ""

    def _click(self, selector: str) -> None:
        self.page.locator(selector).click()

    def leave(self) -> None:
        """Close terminal and browser."""
        self.terminal.close(force=True)
        self.context.close()


def test_a_person_leads_the_same_product_through_the_same_scenario(
    desk: Desk, said: dict[str, str], browser: Browser
) -> None:
    somebody = Somebody(desk, browser, "fr")
    try:
        while (question := somebody.asked()) is not None:
            answer = somebody.answers(question)
            if answer is not None:
                somebody.terminal.sendline(answer)
        somebody.terminal.wait()
        code = somebody.terminal.exitstatus
    finally:
        somebody.leave()
    shown = somebody.shown.getvalue().replace("\r\n", "\n")

    made = picture_of_terminal(browser, shown.partition("\n--- Étape 3/11")[0].strip())
    found = json.loads((desk.bundle / "findings.json").read_bytes())["findings"]
    spoken = {f["key"]["rule"]: f["verdict"] for f in found if f["said"]}
    assert code == 0, shown
    assert "Étape 11/11" in shown
    lines = [line for line in shown.splitlines() if not line.endswith("report.html")]
    assert max(map(len, lines)) <= 80
    assert set(spoken.values()) == {"pass", "review"}
    assert spoken["psc.request.scope"] == "pass"
    assert spoken["psc.identity.shown"] == "review"
    assert alike(made, shipped("first-day-operator.fr.png", made)) < 3


def test_the_picture_of_the_first_steps_is_there_in_english_too(
    desk: Desk, said: dict[str, str], browser: Browser
) -> None:
    somebody = Somebody(desk, browser, "en")
    try:
        for _ in range(4):
            somebody.asked()
            somebody.terminal.sendline("")
    finally:
        somebody.leave()
    shown = somebody.shown.getvalue().replace("\r\n", "\n")

    made = picture_of_terminal(browser, shown.partition("\n--- Step 3/11")[0].strip())

    assert "Step 2/11" in shown
    assert alike(made, shipped("first-day-operator.en.png", made)) < 3


# The pictures. Each is made anew from this very run, looked at, and held against the shipped one.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for pictures of pages."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), headless=True)
        yield launched
        launched.close()


def shipped(name: str, made: Image.Image) -> Image.Image:
    """The picture of that name in `docs/images`; made anew when asked for."""
    path = DOCS / "images" / name
    if UPDATE:
        small = made.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
    assert path.stat().st_size < LARGEST
    return Image.open(path).convert("RGB")


def alike(one: Image.Image, other: Image.Image) -> float:
    """How far apart two pictures of one size are: 0 the same, 255 black and white."""
    assert one.size == other.size, "the shipped picture is old: BANC_UPDATE_DOCS=1 makes it anew"
    small = [each.convert("L").resize((160, 100)) for each in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*small)).mean[0]


def picture_of_terminal(browser: Browser, text: str) -> Image.Image:
    """A terminal of 80 columns with this text."""
    page = browser.new_page(viewport={"width": 820, "height": 600})
    page.set_content(
        "<style>body{margin:0;background:#1b2229}pre{display:inline-block;margin:0;padding:18px;"
        "width:80ch;color:#e6e6e6;font:15px/1.35 'DejaVu Sans Mono',monospace;"
        f"white-space:pre-wrap}}</style><pre>{escape(text)}</pre>"
    )
    octets = page.locator("pre").screenshot()
    page.close()
    return Image.open(io.BytesIO(octets)).convert("RGB")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_picture_of_the_questions_shows_the_first_ones(
    desk: Desk, said: dict[str, str], browser: Browser, language: str
) -> None:
    command = next(block for block in blocks(language, "sh") if "banc init" in block)
    shown = f"$ {command}{said[language]}".partition("\n5/10")[0].rstrip()

    made = picture_of_terminal(browser, shown)

    assert [f"{n}/10" in shown for n in (1, 4)] == [True, True]
    assert ("Registre vaccinal" in shown, "LGC" in shown) == (True, True)
    assert max(map(len, shown.splitlines())) <= 80
    assert alike(made, shipped(f"first-day-init.{language}.png", made)) < 3


def test_the_picture_of_the_film_shows_the_product_over_the_band(
    desk: Desk, said: dict[str, str], tmp_path: Path
) -> None:
    bundle = film_of(desk)
    started = events(bundle, "film.started")[0]["mono"]
    seen = next(e for e in events(bundle, "ui.seen") if e["data"]["what"] == "identity")
    at = (seen["mono"] - started) / 1e9 + 0.5  # the step stays on the film for its pace
    frame = tmp_path / "frame.png"
    command = [str(find_ffmpeg()), "-v", "error", "-ss", f"{at:.2f}"]
    film = bundle / "video" / "PSC.01.01@ecps.mp4"
    subprocess.run([*command, "-i", str(film), "-frames:v", "1", str(frame)], check=True)

    picture = Image.open(frame).convert("RGB")
    left, top, width, height = (int(side) for side in seen["data"]["box"])
    header = picture.crop((0, 0, picture.width, picture.height // 4))
    band = picture.crop((0, picture.height - 40, picture.width, picture.height))
    name = picture.crop((left, top, left + width, top + height))

    assert picture.size == (1920, 1080)
    assert near(header, GREEN) > 10_000
    assert near(band, GREEN) == 0
    assert near(name, (0xE2, 0xEF, 0xE6)) > width * height / 3  # on the light green of the zone
    made = picture.resize((1280, 720), Image.Resampling.LANCZOS)
    assert alike(made, shipped("first-day-film.png", made)) < 6


def near(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels have nearly that colour; a film is compressed."""
    wanted = Image.new("RGB", picture.size, colour)
    difference = ImageChops.difference(picture, wanted).convert("L")
    return sum(difference.histogram()[:16])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_picture_of_the_report_shows_the_film_beside_its_steps(
    desk: Desk, said: dict[str, str], browser: Browser, language: str, tmp_path: Path
) -> None:
    bundle = film_of(desk)
    if language != "fr":  # judged again from what was recorded, and told in that language
        bundle = Path(shutil.copytree(bundle, tmp_path / "bundle"))
        for sealed in bundle.glob("manifest.*"):
            sealed.unlink()
        done = desk.shell(f'./banc finish "{bundle}" --lang {language}')
        assert done.returncode == 0, done.stdout + done.stderr
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto((bundle / "report.html").as_uri())
    story = page.locator("article.scenario").first
    film = story.locator("video")
    film.evaluate(
        "v => new Promise(done => {"
        " v.onseeked = done; v.controls = false; v.currentTime = v.duration * 0.62; })"
    )
    story.evaluate("e => e.scrollIntoView()")
    beside = story.locator(".jump").first.bounding_box()
    box = film.bounding_box()
    made = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    heading, words = page.locator("h1").inner_text(), story.inner_text()
    page.close()

    assert box is not None
    assert beside is not None
    assert "Registre vaccinal" in heading
    assert "PSC.01.01@ecps" in words
    titles = [event["data"]["title"] for event in events(bundle, "step.started")]
    assert len(titles) == 11
    if language == "fr":
        assert [title for title in titles if title not in words] == []
    left, top = int(box["x"]), int(box["y"])
    right, bottom = int(box["x"] + box["width"]), int(box["y"] + box["height"])
    shown = made.crop((left, top, right, bottom))
    assert box["width"] > 400
    assert near(shown, GREEN) > 1_000  # the header of the product, not a black film
    assert beside["x"] > box["x"] + box["width"] or beside["x"] + beside["width"] < box["x"]
    assert alike(made, shipped(f"first-day-report.{language}.png", made)) < 12
