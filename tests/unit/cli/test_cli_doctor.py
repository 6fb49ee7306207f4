"""What `banc doctor` says of the machine."""

import os
import sys
from pathlib import Path

import pytest

from conformance.cli.doctor.installing import install
from conformance.cli.doctor.table import TEST_TOOLS, TOOLS, Tool, missing
from conformance.cli.doctor.versions import version_of


def test_only_what_is_not_here_is_missing() -> None:
    here = Tool("here", ("p",), "nothing", lambda: sys.executable)
    away = Tool("away", ("q",), "something", lambda: None)

    assert missing([here, away]) == [away]


def test_without_the_right_to_install_the_packages_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    sentence = install(list(TEST_TOOLS))

    assert sentence is not None
    assert "apache2-bin libapache2-mod-auth-openidc" in sentence


def test_what_the_tests_need_is_not_asked_of_a_run() -> None:
    assert {tool.name for tool in TEST_TOOLS}.isdisjoint(tool.name for tool in TOOLS)


def test_a_program_without_a_version_is_told_by_its_place(tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8", newline="\n")
    silent.chmod(0o755)

    assert version_of(str(silent)) == str(silent)
    assert version_of(sys.executable).startswith("Python 3.")


def test_a_locale_that_the_machine_lacks_does_not_stand_for_a_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    grumbling = tmp_path / "grumbling"
    script = '#!/bin/sh\n[ "$LC_ALL" = C ] || echo "no such locale"\necho 3.6.1\n'
    grumbling.write_text(script, encoding="utf-8", newline="\n")
    grumbling.chmod(0o755)

    assert version_of(str(grumbling)) == "3.6.1"


@pytest.mark.skipif(sys.platform == "win32", reason="the driver that dies is a shell script")
def test_a_driver_that_is_there_but_does_not_start_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    playwright = next(tool for tool in TOOLS if tool.name == "Playwright")
    driver = tmp_path / "node"
    driver.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8", newline="\n")
    driver.chmod(0o755)

    assert missing([playwright]) == []

    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(driver))
    assert missing([playwright]) == [playwright]
    assert playwright.packages == ("libatomic1",)
