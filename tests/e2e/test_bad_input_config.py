"""`banc run` asked for what there is not: told before anything is started, with exit code 2."""

from pathlib import Path

import pytest

from tests.worlds.command import Banc

GOOD = """\
[product]
name = "Produit"
version = "1"

[plan]
corridor = "LGC"
wave = "1"

[[face]]
name = "web"
driver = "adapter"
address = "http://127.0.0.1:9"
"""


def refused(banc: Banc, tmp_path: Path, octets: bytes) -> list[str]:
    """The sentences about a file of these octets; nothing else is said, nothing is started."""
    config = tmp_path / "banc.toml"
    config.write_bytes(octets)
    told = banc("run", "--config", config, "--reports", tmp_path / "reports")
    assert (told.code, told.out) == (2, "")
    assert not (tmp_path / "reports").exists()
    lines = told.err.splitlines()
    assert lines and all(line.startswith(f"banc: {config}") for line in lines)
    return [line.removeprefix(f"banc: {config}") for line in lines]


@pytest.mark.parametrize(
    ("wrong", "right", "place", "words"),
    [
        ('name = "Produit"', 'nom = "Produit"', ":2: product.nom", "version, build, editor"),
        ('version = "1"', "version = 1", ":3: product.version", "1"),
        ('wave = "1"', 'wave = "9"', ":7: plan.wave.0", "'9'"),
        ("127.0.0.1:9", "127.0.0.1:99999", ":12: face.0.address", "99999"),
        ("127.0.0.1:9", "[::1", ":12: face.0.address", "[::1"),
        ("http://127.0.0.1:9", "http://", ":12: face.0.address", "'http://'"),
        ("http://127.0.0.1:9", "ftp://127.0.0.1", ":12: face.0.address", "'ftp://127.0.0.1'"),
        ("127.0.0.1:9", "127.0.0.1:9/\\u0000", ":12: face.0.address", "\\x00"),
        ("127.0.0.1:9", "127.0.0.1:9/a b", ":12: face.0.address", "a b"),
        ('driver = "adapter"', 'driver = "magic"', ":11: face.0.driver", "'magic'"),
        ("[[face]]", "[actions.nap]\nsteps = []\n[[face]]", ":9: actions.nap", "show_terms"),
    ],
)
def test_a_mistake_is_named_by_file_line_key_and_value(
    banc: Banc, tmp_path: Path, wrong: str, right: str, place: str, words: str
) -> None:
    assert wrong in GOOD

    said = refused(banc, tmp_path, GOOD.replace(wrong, right, 1).encode())

    assert any(line.startswith(place) and words in line for line in said), said


@pytest.mark.parametrize(
    "octets",
    [b"\xff\xfe\x00", b"[product", b"a = " + b"[" * 5000, GOOD.encode("utf-16")],
    ids=["not text", "cut", "deep", "utf-16"],
)
def test_what_is_no_toml_is_named(banc: Banc, tmp_path: Path, octets: bytes) -> None:
    assert len(refused(banc, tmp_path, octets)) == 1


def test_an_empty_file_lacks_what_must_be_there(banc: Banc, tmp_path: Path) -> None:
    said = refused(banc, tmp_path, b"")

    assert [line.split()[1] for line in said] == ["product", "plan", "face"]


def test_a_folder_or_nothing_is_no_configuration(banc: Banc, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.toml", tmp_path / "banc.toml" / "x"):
        told = banc("run", "--config", path)

        assert (told.code, len(told.lines)) == (2, 1)
        assert told.err.startswith(f"banc: {path}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "PSC.01.1@ecps"), "--only PSC.01.1@ecps : scénario inconnu (vouliez-vous dire"),
        (("--only", "UNKNOWN"), "--only UNKNOWN : scénario inconnu ; voir banc list scenarios"),
        (("--packs", "nothing"), "--packs nothing : lot inconnu, attendu parmi tour, spine, all"),
        (("--mutant", "state-misssing"), "(vouliez-vous dire state-missing ?)"),
        (("--reports", __file__), f"--reports {__file__}: un fichier de ce nom occupe la place"),
    ],
)
def test_what_was_asked_for_and_does_not_exist_is_named(
    banc: Banc, arguments: tuple[str, str], words: str
) -> None:
    told = banc("run", "--no-video", *arguments)

    assert (told.code, told.out, len(told.lines)) == (2, "", 1)
    assert words in told.err


@pytest.mark.parametrize(
    "arguments",
    [("runn",), ("run", "--nope"), ("run", "--jobs", "0"), ("list", "nothing"), ("verify",)],
)
def test_a_command_that_is_none_ends_with_2(banc: Banc, arguments: tuple[str, ...]) -> None:
    told = banc(*arguments)

    assert (told.code, told.out) == (2, "")
    assert "Error: " in told.err


def test_a_defect_of_the_bench_is_one_sentence_with_its_place(
    banc: Banc, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object) -> None:
        raise KeyError("gone")

    monkeypatch.setattr("conformance.cli.list.command.catalogue_for", fails)

    told = banc("list", "proofs")

    assert (told.code, len(told.lines)) == (3, 1)
    assert told.err.startswith("banc: défaut du banc: KeyError: 'gone' (")
