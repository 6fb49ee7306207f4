"""`banc init`: ten questions at a terminal, or none, and a `banc.toml` that loads."""

import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.plan import load_plan
from tests.worlds.command import Banc

pexpect = pytest.importorskip("pexpect", reason="a terminal of POSIX is typed at")

ANSWERS = """
name = "Agenda du cabinet"
version = "7.1"
editor = "Éditions Fictives"
corridor = "lgc"
wave = "2"
mode = "web"
driver = "browser"
start = "{python} serve.py --port {port}"
address = "http://localhost:{port}/entree"
client_id = "agenda"
redirect_uri = "/retour"
post_logout_uri = "/sortie"
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Any]:
    """`banc init` in a terminal of 80 columns, in French, in a folder of its own."""
    folder = tmp_path / "agenda-du-cabinet"
    folder.mkdir()
    child = pexpect.spawn(
        sys.executable,
        ["-m", "conformance.cli", "init"],
        cwd=str(folder),
        env={**os.environ, "TERM": "dumb", "BANC_LANG": "fr", "COLUMNS": "80"},
        dimensions=(40, 80),
        encoding="utf-8",
        timeout=60,
    )
    yield child
    child.close(force=True)


def _typed(child: Any, number: int, *lines: str) -> str:
    """Answer question `number`; what was on the screen before each answer."""
    child.expect_exact(f"{number}/10")
    shown = ""
    for line in lines:
        child.expect(r"\[[^\]]*\] > ")
        shown += child.before
        child.sendline(line)
    return shown


def test_ten_questions_write_a_file_that_loads(terminal: Any, tmp_path: Path) -> None:
    folder = tmp_path / "agenda-du-cabinet"
    terminal.expect_exact("Dix questions sur votre produit.")
    _typed(terminal, 1, "")
    _typed(terminal, 2, "7.1")
    _typed(terminal, 3, "Éditions « Fictives »")
    choices = _typed(terminal, 4, "XYZ", "LGCC", "lgc")
    _typed(terminal, 5, "3", "2")
    _typed(terminal, 6, "1")
    _typed(terminal, 7, "browser")
    wrong = _typed(terminal, 8, "no-such-program --now", 'python "', "")
    address = _typed(terminal, 9, "agenda", "http://localhost:{port}/", "http://localhost:8181/in")
    _typed(terminal, 10, "", "/retour", "")
    terminal.expect(pexpect.EOF)
    said = terminal.before
    terminal.close()

    plan = load_plan(folder / "banc.toml")
    assert terminal.exitstatus == 0
    assert plan.product.name == "Agenda du cabinet"
    assert plan.product.editor == "Éditions « Fictives »"
    assert (plan.plan.corridor, plan.plan.wave) == (["LGC"], ["2"])
    (face,) = plan.faces
    assert (face.name, face.driver, face.start) == ("web", "browser", None)
    assert (face.address, face.client_id) == ("http://localhost:8181", "agenda-du-cabinet")
    assert face.redirect_uris == ["{address}/retour"]
    assert "'XYZ' ne fait pas partie des choix" in choices
    assert "vouliez-vous dire LGC ?" in " ".join(choices.split())
    assert "n'est pas un programme de ce poste" in " ".join(wrong.split())
    assert "n'est pas une commande" in wrong
    assert "'agenda' : elle ne commence pas par http://" in " ".join(address.split())
    assert "laisse le banc choisir le port" in " ".join(address.split())
    assert "run --config banc.toml --only PSC.01.01@ecps" in said
    assert "banc serve --config banc.toml --export poste" in said
    assert plan.stage.psc_port == 18443
    shown = choices + wrong + address + said
    assert "\x1b" not in shown
    assert [line for line in shown.splitlines() if len(line.rstrip()) > 80] == []


def test_a_file_that_is_there_is_replaced_only_after_a_yes(terminal: Any, tmp_path: Path) -> None:
    terminal.close(force=True)
    folder = tmp_path / "agenda-du-cabinet"
    (folder / "banc.toml").write_text("# mine\n", encoding="utf-8")
    (folder / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    command = [sys.executable, "-m", "conformance.cli", "init", "--answers", "answers.toml"]
    contents = {}
    for answer in ("peut-être", "non", "oui"):
        child = pexpect.spawn(
            command[0], command[1:], cwd=str(folder), encoding="utf-8", timeout=60,
            env={**os.environ, "BANC_LANG": "fr"},
        )  # fmt: skip
        child.expect_exact("banc.toml existe déjà. Le remplacer ?")
        child.sendline(answer)
        if answer == "peut-être":
            child.expect_exact("Le remplacer ?")
            child.sendline("")
        child.expect(pexpect.EOF)
        child.close()
        contents[answer] = (folder / "banc.toml").read_text("utf-8"), child.exitstatus

    assert contents["peut-être"] == contents["non"] == ("# mine\n", 2)
    text, code = contents["oui"]
    assert (tomllib.loads(text)["product"]["version"], code) == ("7.1", 0)


def test_whoever_leaves_before_the_end_is_told_that_nothing_was_written(
    terminal: Any, tmp_path: Path
) -> None:
    terminal.expect_exact("1/10")
    terminal.sendline("Agenda du cabinet")
    terminal.expect_exact("2/10")

    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert "rien n'a été écrit" in terminal.before
    assert terminal.exitstatus == 130
    assert not (tmp_path / "agenda-du-cabinet" / "banc.toml").exists()


@pytest.mark.parametrize("driver", ["browser", "adapter", "operator"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_answers_in_a_file_ask_nothing(
    banc: Banc, tmp_path: Path, driver: str, language: str
) -> None:
    answers, out = tmp_path / "answers.toml", tmp_path / "deep" / "banc.toml"
    text = ANSWERS.replace('driver = "browser"', f'driver = "{driver}"')
    answers.write_text(text, encoding="utf-8")

    told = banc("init", "--answers", answers, "--yes", "--out", out, "--lang", language)

    plan = load_plan(out)
    written = out.read_text("utf-8")
    assert told.code == 0, told.err
    assert plan.faces[0].driver == driver
    assert plan.faces[0].start == ["{python}", "serve.py", "--port", "{port}"]
    assert bool(plan.actions) == (driver == "browser")
    assert ("À REMPLIR" in written, "TO FILL IN" in written) == (language == "fr", language == "en")
    assert max(len(line) for line in written.splitlines() if " env = " not in line) <= 100


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ('corridor = "ABC"', "corridor: 'ABC' ne fait pas partie des choix"),
        ('colour = "blue"', "colour n'est pas une question"),
        ("version = 7", "version vaut 7, attendu un texte"),
        ('address = "localhost"', "'localhost' : elle ne commence pas par http://"),
        ('address = "http://localhost:{prot}/"', "{prot} est inconnu"),
        ('address = "http://localhost:8080/"', "ne laisse pas de {port} au banc"),
        ('redirect_uri = "retour"', "ni un chemin, comme /callback, ni une adresse"),
        ("name = ", "pas du TOML"),
    ],
)
def test_a_bad_answer_is_one_sentence_and_nothing_is_written(
    banc: Banc, tmp_path: Path, change: str, sentence: str
) -> None:
    answers, out = tmp_path / "answers.toml", tmp_path / "banc.toml"
    key = change.partition(" ")[0]
    kept = [line for line in ANSWERS.splitlines() if not line.startswith(f"{key} ")]
    answers.write_text("\n".join([*kept, change]), encoding="utf-8")

    told = banc("init", "--answers", answers, "--yes", "--out", out)

    assert told.code == 2
    assert sentence in told.err
    assert len(told.err.splitlines()) == 1
    assert not out.exists()


def test_without_anybody_to_answer_it_says_so(
    banc: Banc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: PTH123, SIM115
    out = tmp_path / "banc.toml"

    told = banc("init", "--out", out)
    again = banc("init", "--yes", "--out", out)
    third = banc("init", "--yes", "--out", out)

    assert (told.code, again.code, third.code) == (2, 0, 2)
    assert "personne ne répond" in told.err
    assert "existe déjà" in third.err


def test_the_wave_and_the_mode_choose_the_first_scenario(banc: Banc, tmp_path: Path) -> None:
    first = {}
    for mode, wave, corridor in (
        ("web", "2", "LGC"), ("web", "1", "LGC"), ("desktop", "2", "RIS"), ("desktop", "1", "LGO"),
    ):  # fmt: skip
        answers = tmp_path / f"{mode}{wave}.toml"
        text = f'mode = "{mode}"\nwave = "{wave}"\ncorridor = "{corridor}"\ndriver = "adapter"\n'
        answers.write_text(text, encoding="utf-8")
        told = banc("init", "--yes", "--answers", answers, "--out", answers.with_suffix(".out"))
        first[mode, wave] = told.out.rstrip().rpartition(" ")[2]

    assert first == {
        ("web", "2"): "PSC.01.01@ecps",
        ("web", "1"): "banc:psc-web-login",
        ("desktop", "2"): "PSC.01.03@ecps",
        ("desktop", "1"): "banc:psc-ciba-w1@ecps",
    }
