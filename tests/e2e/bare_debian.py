"""A bare Debian in a folder: what a newcomer's machine has, reached as this machine reaches things.

`mmdebstrap` makes it from this machine's own sources of apt. What this machine's configuration of
apt and pip says is copied in; folders of packages that it names are shown there, to be read only.
Each command runs in a mount and process namespace of its own: what it mounts and starts is gone
when it ends, however it ends.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from configparser import RawConfigParser
from pathlib import Path
from urllib.parse import urlsplit

PACKAGES = ("python3", "python3-venv", "git", "ca-certificates")
OF_PIP = {"cert", "client-cert", "constraint", "find-links", "index-url", "extra-index-url"}
_NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
_ENTER = """
set -e
root=$1 shown=$2
shift 2
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
for folder in $shown; do
    mkdir -p "$root$folder"
    mount -o bind,ro "$folder" "$root$folder"
done
chroot "$root" "$@"
"""


class CannotBeMade(Exception):
    """This machine cannot make a bare Debian; one line says why."""


class BareDebian:
    """The root in `folder`, and the environment of its commands."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self._shown: list[str] = []
        self._environment = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

    def make(self) -> None:
        """Make it, and let it reach what this machine reaches. Raises `CannotBeMade`."""
        why = what_is_missing()
        if why:
            raise CannotBeMade(why)
        sources = list(_sources_of_apt())
        options = self.root.with_name("apt.conf")
        options.write_text("\n".join(_settings_of_apt()), encoding="utf-8")
        made = subprocess.run(
            ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase",
             f"--include={','.join(PACKAGES)}", f"--aptopt={options}",
             _release()["VERSION_CODENAME"], str(self.root), *map(str, sources)],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise CannotBeMade(f"mmdebstrap: {_last_line(made.stderr)}")
        self._copy(_keys_of_apt(sources))
        self._copy(Path(place) for place in ("/etc/hosts", "/etc/resolv.conf"))
        self._copy([Path("/etc/ssl/certs/ca-certificates.crt")])
        self._reach_packages_of_python()

    def run(
        self, *command: str, folder: str = "/", within: float = 900
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` in it as root, without a display."""
        started = ["env", "-i", *(f"{k}={v}" for k, v in self._environment.items())]
        started += ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", folder, *command]
        return subprocess.run(
            [*_NAMESPACES, "sh", "-c", _ENTER, "sh", str(self.root), " ".join(self._shown),
             *started],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=within, check=False,
        )  # fmt: skip

    def remove(self) -> None:
        """Leave nothing; no mount of its commands is to be seen from here."""
        shutil.rmtree(self.root.parent)

    def _copy(self, places: Iterable[Path]) -> None:
        for place in places:
            inside = self.root / place.relative_to("/")
            if place.is_file():
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place, inside)

    def _reach_packages_of_python(self) -> None:
        """What pip is told on this machine; raises `CannotBeMade` when no index answers it."""
        self._environment |= {
            name: value
            for name, value in os.environ.items()
            if name.startswith("PIP_") or name.lower().endswith("_proxy")
        }
        for file, inside in _files_of_pip():
            self._copy([file])
            if inside != file:
                target = self.root / inside.relative_to("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        for place in dict.fromkeys(places_of_pip()):
            self._copy([place])
            if place.is_dir():
                self._shown.append(str(place))
        answered = self.run(
            "sh", "-c",
            "set -- /usr/share/python-wheels/pip-*.whl; "
            'exec python3 "$1/pip" download -q --no-deps -d /tmp/index iniconfig',
        )  # fmt: skip
        if answered.returncode != 0:
            raise CannotBeMade(f"pip: {_last_line(answered.stderr)}")


def what_is_missing() -> str | None:
    """Why no bare Debian can be made here; None when one can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "only root makes a bare Debian"
    if _release().get("ID") != "debian":
        return "this machine is no Debian: its apt has none to give"
    for program in ("mmdebstrap", "unshare", "git"):
        if shutil.which(program) is None:
            return f"{program} is missing: banc doctor --tests --install"
    if subprocess.run([*_NAMESPACES, "true"], capture_output=True, check=False).returncode != 0:
        return "this kernel gives no mount and process namespace"
    return None


def _release() -> dict[str, str]:
    path = Path("/etc/os-release")
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def _sources_of_apt() -> Iterator[Path]:
    folder = Path("/etc/apt")
    for path in (folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))):
        if path.suffix in {".list", ".sources"} and path.is_file() and path.read_text().strip():
            yield path


def _settings_of_apt() -> Iterator[str]:
    """How apt reaches its sources; what it does after an installation is this machine's own."""
    said = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True)
    for line in said.stdout.splitlines():
        if line.startswith("Acquire::") and "Proxy-Auto-Detect" not in line:
            yield line


def _keys_of_apt(sources: Iterable[Path]) -> Iterator[Path]:
    """The keys that sources name, and the files of authorities in the settings."""
    for source in sources:
        found = re.findall(r"(?i)signed-by\s*[:=]\s*(/[^\s\]]+)", source.read_text())
        yield from map(Path, found)
    for line in _settings_of_apt():
        if place := re.search(r'"(/[^"]+)";$', line):
            yield Path(place[1])


def _files_of_pip() -> Iterator[tuple[Path, Path]]:
    """The files of configuration that pip reads here, and where it reads them in there."""
    home, root = Path.home(), Path("/root")
    for place in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"):
        yield from _one(Path(place) / "pip" / "pip.conf")
    yield from _one(Path("/etc/pip.conf"))
    for name in (".pip/pip.conf", ".config/pip/pip.conf"):
        yield from _one(home / name, root / name)
    if given := os.environ.get("PIP_CONFIG_FILE"):
        yield from _one(Path(given))


def _one(path: Path, inside: Path | None = None) -> Iterator[tuple[Path, Path]]:
    if path.is_file():
        yield path, inside or path


def places_of_pip() -> Iterator[Path]:
    """The files and folders of this machine that pip's configuration names."""
    said = [
        (name.removeprefix("PIP_").lower().replace("_", "-"), value)
        for name, value in os.environ.items()
        if name.startswith("PIP_")
    ]
    for path, _inside in _files_of_pip():
        parser = RawConfigParser()
        parser.read(path, encoding="utf-8")
        said += [pair for section in parser.sections() for pair in parser.items(section)]
    for key, word in ((key, word) for key, value in said for word in value.split()):
        place = Path(urlsplit(word).path if word.startswith("file://") else word)
        if key in OF_PIP and place.is_absolute() and place.exists():
            # An index links to files that lie beside it.
            yield place.parent if key.endswith("index-url") else place


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no word why")
