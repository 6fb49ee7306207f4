"""Bundles of strangers: whatever a folder or a zip holds, nothing leaves its place."""

import io
import os
import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import locale
from conformance.bundle.reading import LIMITS, Limits, contents, name_problem, opened, scan
from conformance.bundle.verify import verify
from conformance.errors import BundleFault


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    locale.set_language("en")
    yield
    locale.set_language(locale.DEFAULT_LANGUAGE)


Zipped = TypeVar("Zipped", Path, io.BytesIO)


def zipped(path: Zipped, *members: Any) -> Zipped:
    """A zip of (name or ZipInfo, octets)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, octets in members:
            archive.writestr(member, octets)
    return path


def link(name: str) -> Any:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


JOURNAL = ("journal/main.jsonl", b"{}\n")


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        ("../evil.txt", "../evil.txt: points outside the bundle"),
        ("a/../../evil.txt", "a/../../evil.txt: points outside the bundle"),
        ("/etc/evil", "/etc/evil: points outside the bundle"),
        ("C:/evil.txt", "C:/evil.txt: points outside the bundle"),
        ("a\\..\\evil", "a\\..\\evil: not a legal file name on every system"),
        ("a//b", "a//b: not a legal file name on every system"),
        ("a/./b", "a/./b: not a legal file name on every system"),
        ("what?.txt", "what?.txt: not a legal file name on every system"),
        ("tab\there", "tab\there: not a legal file name on every system"),
        ("dot.", "dot.: not a legal file name on every system"),
        ("space ", "space : not a legal file name on every system"),
        ("video/con.mp4", "video/con.mp4: a name that Windows reserves"),
        ("x" * 201, f"{'x' * 60}…: name longer than 200 characters"),
        ("JOURNAL/main.jsonl", "JOURNAL/main.jsonl: the same name as journal/main.jsonl"),
        (link("report.html"), "report.html: a link, not a file"),
        ("journal/main.jsonl/x", "journal/main.jsonl/x: cannot be unpacked"),
    ],
)
def test_a_hostile_member_is_named_and_never_written(
    tmp_path: Path, member: Any, sentence: str
) -> None:
    path = zipped(tmp_path / "b.zip", JOURNAL, (member, b"/etc/passwd"))

    with contents(path) as found:
        assert list(found.files) == ["journal/main.jsonl"]
        assert [problem.sentence.startswith(sentence) for problem in found.problems] == [True]
        written = [p for p in found.folder.rglob("*") if not p.is_dir()]
        assert written == [found.folder / "journal/main.jsonl"]
    assert not found.folder.exists()
    with pytest.raises(BundleFault) as said, opened(path):
        pass
    assert sentence in str(said.value)


def test_a_name_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "b.zip", JOURNAL, ("a.txt", b"1"), ("a.txt", b"2"))

    with contents(path) as found:
        assert [p.sentence for p in found.problems] == ["a.txt: there twice"]


def test_a_hostile_zip_with_a_seal_is_altered_without_one_no_sealed_bundle(tmp_path: Path) -> None:
    evil = ("../evil.txt", b"x")
    with_seal = zipped(tmp_path / "a.zip", JOURNAL, evil, ("manifest.json", b"{}"))
    without = zipped(tmp_path / "b.zip", JOURNAL, evil)

    assert (verify(with_seal).code, verify(without).code) == (1, 2)
    assert "../evil.txt: points outside the bundle" in verify(with_seal).sentences
    assert "../evil.txt: points outside the bundle" in verify(without).sentences
    assert not (tmp_path / "evil.txt").exists()


def test_a_zip_that_swells_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b.zip", JOURNAL, ("zeros", bytes(80 * 1024 * 1024)))

    said = verify(path)

    assert said.code == 2
    assert "swells to 83886083 octets, more than 200 times" in said.sentences[0]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(files=1), "more than 1 files"),
        (Limits(total=10), "more than 10 octets"),
        (Limits(one=10), "a file of more than 10 octets"),
    ],
)
def test_too_much_is_refused(tmp_path: Path, limits: Any, sentence: str) -> None:
    path = zipped(tmp_path / "b.zip", JOURNAL, ("long.txt", b"x" * 11))

    with pytest.raises(BundleFault, match=sentence), contents(path, limits):
        pass


def test_a_zip_that_lies_about_a_size_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b.zip", JOURNAL, ("a.txt", b"four" * 100))
    octets = path.read_bytes()
    at = octets.rfind(b"PK\x01\x02")
    path.write_bytes(octets[: at + 24] + (4).to_bytes(4, "little") + octets[at + 28 :])

    with contents(path) as found:
        assert [p.path for p in found.problems] == ["a.txt"]


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(*JOURNAL)
        archive.writestr("a.txt", b"these octets")
    path.write_bytes(path.read_bytes().replace(b"these", b"those"))

    with contents(path) as found:
        assert [p.path for p in found.problems] == ["a.txt"]


@settings(max_examples=150, deadline=None)
@given(
    cut=st.integers(0, 10_000), flips=st.lists(st.tuples(st.integers(0, 600), st.integers(1, 255)))
)
def test_any_broken_zip_ends_in_an_exit_code(
    tmp_path_factory: pytest.TempPathFactory, cut: Any, flips: Any
) -> None:
    whole = io.BytesIO()
    zipped(whole, JOURNAL, ("manifest.json", b'{"schema":1}'), ("blobs/a", b"x" * 300))
    octets = bytearray(whole.getvalue()[: max(1, len(whole.getvalue()) - cut)])
    for at, change in flips[:4]:
        octets[at % len(octets)] ^= change
    path = tmp_path_factory.mktemp("zip") / "b.zip"
    path.write_bytes(octets)

    said = verify(path)

    assert said.code in (1, 2)
    assert said.sentences


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.one_of(st.binary(max_size=60), st.from_type(dict).map(repr).map(str.encode)))
)
def test_any_journal_is_followed_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, lines: Any
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "journal").mkdir()
    (folder / "journal" / "main.jsonl").write_bytes(b"\n".join(lines))

    assert verify(folder, deep=True).code == 2


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"null",
        b'{"seq":1}',
        b'{"seq":1,"at":"","mono":0,"tenant":"","scenario":"","step":null,"source":"","witness":"",'
        b'"kind":[],"data":{},"blobs":[],"prev":""}',
        b'{"seq":1,"at":"","mono":0,"tenant":"","scenario":"","step":null,"source":"","witness":"",'
        b'"kind":"x","data":[],"blobs":[{"name":1,"media_type":2,"sha256":{}}],"prev":""}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_event_ends_the_chain(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "main.jsonl").write_bytes(line + b"\n")

    said = verify(tmp_path, deep=True)

    assert said.sentences[1:] == [
        "journal/main.jsonl: the chain is intact for 0 lines; line 1 does not follow"
    ]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    with (tmp_path / "journal" / "main.jsonl").open("wb") as part:
        part.truncate(200 * 1024 * 1024)

    said = verify(tmp_path)

    assert "line 1 does not follow" in said.sentences[1]


def test_a_folder_is_listed_without_following_links_out_of_it(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"x")
    folder = tmp_path / "bundle"
    (folder / "journal").mkdir(parents=True)
    (folder / "journal" / "main.jsonl").write_bytes(b"")
    try:
        (folder / "door").symlink_to(outside)
        (folder / "loop").symlink_to(folder)
    except OSError:
        pytest.skip("links need a privilege here")

    found = scan(folder)

    assert list(found.files) == ["journal/main.jsonl"]
    assert [p.path for p in found.problems] == ["door", "loop"]


def test_a_folder_over_the_limits_is_refused(tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"{n}").write_bytes(b"12345")

    with pytest.raises(BundleFault, match="more than 2 files"):
        scan(tmp_path, Limits(files=2))
    with pytest.raises(BundleFault, match="more than 14 octets"):
        scan(tmp_path, Limits(total=14))


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a file that cannot be read"
)
def test_a_file_that_cannot_be_read_is_no_alteration(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    part = tmp_path / "journal" / "main.jsonl"
    part.write_bytes(b"")
    part.chmod(0)

    said = verify(tmp_path)

    assert said.code == 3
    assert str(part) in said.sentences[0]


@given(st.text(min_size=1, max_size=300))
def test_a_name_that_is_admitted_stays_inside_and_is_short(name: str) -> None:
    if name_problem(name) is None:
        assert not name.startswith(("/", "\\"))
        assert ".." not in name.replace("\\", "/").split("/")
        assert len(name) <= LIMITS.name
        assert not set(name) & set('<>:"|?*\\\0')
