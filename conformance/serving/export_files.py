"""The folder of an export: each file of it, written over an earlier export of the same desk."""

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.private_files import replace
from conformance.bundle.files import write_whole
from conformance.errors import NotReady
from conformance.locale import _
from conformance.locale.system import reason_of
from conformance.serving.export import ADDRESSES, CLIENT, FILES, PAGE, PLAN, Export
from conformance.serving.export_page import page, plan_text
from conformance.serving.identities_table import as_csv, as_json


def require_folder(folder: Path) -> None:
    """Make the folder; raises `NotReady` when it cannot be written or holds what is not ours."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _unwritable(folder, error) from error
    if _earlier(folder) is not None:
        return
    for name in FILES:
        if os.path.lexists(folder / name):
            said = _("{key} {path}: {file} is there already, expected an empty folder")
            raise NotReady(said.format(key="--export", path=folder, file=name))


def write(export: Export, folder: Path) -> list[str]:
    """Write every file; those of an earlier export of this desk are replaced.

    Gives a sentence for a `banc.toml` that was changed since and is left as it is. Raises
    `NotReady` when the folder holds another export, or cannot be written.
    """
    earlier = _earlier(folder)
    _require_same_desk(export, folder, earlier)
    texts = {
        "hosts.txt": export.hosts(),
        "adresses.txt": export.listing(),
        "identites.csv": as_csv(export.people, delimiter=";"),
        "identites.json": as_json(export.people),
        PLAN: plan_text(export.addresses),
        PAGE: page(export),
    }
    as_exported = hashlib.sha256(texts[PLAN].encode()).hexdigest()
    left = _changed_since(folder / PLAN, earlier)
    if left is not None:
        as_exported = left
        del texts[PLAN]
    about = export.addresses.as_json() | {
        "root_sha256": export.root.sha256,
        "banc_toml_sha256": as_exported,
    }
    texts[ADDRESSES] = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    try:
        for name, text in texts.items():
            write_whole(folder / name, text.encode())
        write_whole(folder / "banc-ac.pem", export.root.pem)
        write_whole(folder / "banc-ac.cer", export.root.der)
        replace(folder / CLIENT, _client(export).encode())
    except OSError as error:
        raise _unwritable(folder, error) from error
    said = _("{path} was changed since it was exported: it is left as it is")
    return [said.format(path=folder / PLAN)] if left is not None else []


def _client(export: Export) -> str:
    client = export.addresses.client
    said = {
        "client_id": client.client_id,
        "client_secret": export.secret,
        "client_authentication": client.authentication,
        "issuer": export.addresses.issuer,
    }
    return json.dumps(said, indent=2) + "\n"


def _require_same_desk(export: Export, folder: Path, earlier: Mapping[str, Any] | None) -> None:
    if earlier is None:
        return
    ours = (export.addresses.host, export.addresses.client.client_id, export.root.sha256)
    client = earlier.get("client")
    theirs = (
        earlier.get("host"),
        client.get("client_id") if isinstance(client, dict) else None,
        earlier["root_sha256"],
    )
    if ours != theirs:
        said = _("{key} {path}: the export of another desk is there, expected an empty folder")
        raise NotReady(said.format(key="--export", path=folder))


def _earlier(folder: Path) -> dict[str, Any] | None:
    """What an earlier export into that folder said of itself; None when there was none."""
    try:
        found = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(folder, error) from error
    except ValueError:
        found = None
    if not isinstance(found, dict) or "root_sha256" not in found or "issuer" not in found:
        said = _("{key} {path}: {file} is there already, expected an empty folder")
        raise NotReady(said.format(key="--export", path=folder, file=ADDRESSES))
    return found


def _changed_since(plan: Path, earlier: Mapping[str, Any] | None) -> str | None:
    """The hash of the `banc.toml` that was exported, when somebody has worked on it since."""
    if earlier is None or not plan.exists():
        return None
    exported = str(earlier.get("banc_toml_sha256"))
    return exported if hashlib.sha256(plan.read_bytes()).hexdigest() != exported else None


def _unwritable(folder: Path, error: OSError) -> NotReady:
    said = _("{key} {path}: {reason}, expected a folder that can be written")
    return NotReady(said.format(key="--export", path=folder, reason=reason_of(error)))
