"""The vendor's rows and ours made one catalogue, in one place.

Of a key that both have, the official row says nature, profile, criticality, status and proofs; our
links to rules, our steps and what our stories yield stay. What only the workbook has is listed and
shown by a person; what only we have stays as it was.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.model import Requirement, Text
from conformance.catalogue.official.groups import Group, Key, Names, groups_of
from conformance.catalogue.official.model import Imported
from conformance.catalogue.official.scenarios import merged_proofs, merged_scenarios

BY_PERSON = Text(
    fr="Aucune règle du banc ne la juge : une personne montre ce que demande son scénario.",
    en="No rule of the bench judges it: a person shows what its scenario asks.",
)
_FILLED = Text(
    fr="Texte saisi par son détenteur : une personne tient les étapes du scénario à ce texte.",
    en="Text typed in by its owner: a person holds the steps of the scenario to it.",
)


def merged(built_in: Catalogue, imported: Imported) -> Catalogue:
    """The one catalogue of `built_in` and `imported`. The texts have no part in its `sha256`."""
    names = Names(built_in, imported.rows)
    groups = groups_of(imported.rows, names)
    requirements = _filled(_requirements(built_in, groups, imported), imported, built_in)
    scenarios = merged_scenarios(built_in, groups)
    proofs = merged_proofs(built_in, groups, imported)
    return Catalogue(
        requirements=tuple(requirements),
        scenarios=tuple(scenarios),
        proofs=tuple(proofs),
        sha256=_sha256(built_in, imported),
        places={**_places(groups, imported), **built_in.places},
        readings=built_in.readings,
        alternatives=built_in.alternatives,
    )


def _requirements(
    built_in: Catalogue, groups: list[Group], imported: Imported
) -> Iterator[Requirement]:
    by_key: dict[Key, Group] = {}
    for group in groups:
        for key in group.keys:
            by_key.setdefault(key, group)  # a second statement under one key is a row of its own
    own = {group.name for group in groups}
    done: dict[int, set[Key]] = defaultdict(set)
    for each in built_in.requirements:
        kept = tuple(alias for alias in each.aliases if alias not in own)
        row = each if kept == each.aliases else each.model_copy(update={"aliases": kept})
        left = tuple(c for c in row.corridor if (row.id, row.wave, c, row.profile) not in by_key)
        if left:
            yield row if left == row.corridor else row.model_copy(update={"corridor": left})
        matched: dict[int, tuple[Group, list[str]]] = {}
        for corridor in row.corridor:
            key = (row.id, row.wave, corridor, row.profile)
            found = by_key.get(key)
            if found is not None:
                matched.setdefault(id(found), (found, []))[1].append(corridor)
                done[id(found)].add(key)
        for group, corridors in matched.values():
            yield _official(row, group, corridors, imported)
    for group in groups:
        for wave in group.waves:
            lanes = [
                c for c in group.corridors
                if (group.name, wave, c, group.profile) not in done[id(group)]
            ]  # fmt: skip
            if lanes:
                yield _new(group, wave, lanes, imported)


def _official(
    row: Requirement, group: Group, corridors: Iterable[str], imported: Imported
) -> Requirement:
    """A built-in row as the workbook has it, for these corridors."""
    aliases = {*row.aliases, group.first.id} - {row.id}
    return row.model_copy(
        update={
            "corridor": tuple(corridors),
            "nature": group.nature or row.nature,
            "aliases": tuple(sorted(aliases)),
            "text_status": "known" if row.statement else "imported",
            "text": group.text,
            "trust": "official",
            "source": _source(group, imported),
            "workbook": True,
            "criticality": group.criticality,
            "status": group.status,
        }
    )


def _new(group: Group, wave: str, corridors: Iterable[str], imported: Imported) -> Requirement:
    """A row that no built-in row has: listed, never judged by a rule."""
    return Requirement.model_validate(
        {
            "id": group.name,
            "wave": wave,
            "corridor": tuple(corridors),
            "profile": group.profile,
            "nature": group.nature or "must",
            "text_status": "imported",
            "text": group.text,
            "trust": "official",
            "source": _source(group, imported),
            "reason": BY_PERSON,
            "workbook": True,
            "criticality": group.criticality,
            "status": group.status,
        }
    )


def _source(group: Group, imported: Imported) -> str:
    about = imported.source
    return f"{about.name}, {about.sheet}, l. {group.first.place}" if about else "?"


def _filled(
    rows: Iterable[Requirement], imported: Imported, built_in: Catalogue
) -> Iterator[Requirement]:
    """The rows whose text its owner typed in: a person compares the steps with it."""
    texts = {built_in.canonical(name) or name: text for name, text in imported.filled.items()}
    for row in rows:
        if row.id not in texts:
            yield row
        elif row.text_status == "unknown":
            changed = {"text_status": "imported", "text": texts[row.id] or None, "reason": _FILLED}
            yield row.model_copy(update=changed)
        else:
            yield row.model_copy(update={"text": texts[row.id] or row.text})


def _places(groups: Iterable[Group], imported: Imported) -> dict[tuple[str, str], str]:
    """Where each row stands, as the loader notes it of our own files."""
    name = imported.source.name if imported.source else "?"
    places: dict[tuple[str, str], str] = {}
    for group in groups:
        places.setdefault(("id", group.name), f"{name}:{group.first.place}")
        for row in group.rows:
            for what in (("scenario", row.scenario), *(("proof", p.id) for p in row.proofs)):
                places.setdefault(what, f"{name}:{row.place}")
    return places


def _sha256(built_in: Catalogue, imported: Imported) -> str:
    """The hash of what weighs: the same with the texts and without, on whichever day imported."""
    bare = imported.without_texts().model_dump(mode="json", include={"rows", "filled"})
    octets = json.dumps(bare, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(built_in.sha256.encode() + octets).hexdigest()
