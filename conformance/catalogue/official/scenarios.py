"""Scenarios and proofs of a workbook beside ours: new ones are shown by a person."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from conformance.catalogue.loader import Catalogue
from conformance.catalogue.model import CORRIDORS, GENERAL, WAVES, Proof, Scenario, Step, Text
from conformance.catalogue.official.groups import Group
from conformance.catalogue.official.kinds import pieces_of
from conformance.catalogue.official.model import Imported, OfficialProof, OfficialRow
from conformance.catalogue.official.steps import steps_of, title_of
from conformance.catalogue.official.words import plain

_NO_STORY = Text(
    fr="Le banc n'a pas d'histoire pour ce scénario : une personne le montre.",
    en="The bench has no story for this scenario: a person shows it.",
)
_EXPECTED = Text(fr="Ce que demande le texte de l'étape.", en="What the text of the step asks for.")
_UNTOLD = Text(fr="Preuve officielle, texte non joint", en="Official proof, text not joined")

Shown = tuple[Group, OfficialRow]


def merged_scenarios(built_in: Catalogue, groups: Sequence[Group]) -> Iterator[Scenario]:
    """Ours with what the workbook adds to them, then those that only the workbook has."""
    by_id: dict[str, list[Shown]] = {}
    for group in groups:
        for row in group.rows:
            if row.scenario:
                by_id.setdefault(row.scenario, []).append((group, row))
    for scenario in built_in.scenarios:
        shown = by_id.pop(scenario.id, [])
        yield _known(scenario, shown) if shown else scenario
    for name, shown in by_id.items():
        yield _new(name, shown)


def _known(scenario: Scenario, shown: Sequence[Shown]) -> Scenario:
    """A scenario of ours: its stories keep their steps; the official wording stands beside them."""
    text = _text(shown)
    worded = steps_of(text) if text else ()
    steps = scenario.steps
    if len(worded) == len(steps):
        steps = tuple(
            step.model_copy(update={"text": said}) for step, said in zip(steps, worded, strict=True)
        )
    return scenario.model_copy(
        update={
            "verifies": tuple(dict.fromkeys([*scenario.verifies, *(g.name for g, _ in shown)])),
            "waves": _of(WAVES, [scenario.waves, *(g.waves for g, _ in shown)]),
            "corridor": _of(CORRIDORS, [scenario.corridor, *(g.corridors for g, _ in shown)]),
            "steps": steps,
            "text": text,
        }
    )


def _new(name: str, shown: Sequence[Shown]) -> Scenario:
    text = _text(shown)
    profiles = {group.profile for group, _row in shown}
    return Scenario(
        id=name,
        title=_both(title_of(text)[:200] if text else "") or Text(
            fr=f"Scénario officiel {name}", en=f"Official scenario {name}"
        ),
        mode="person",
        waves=_of(WAVES, [group.waves for group, _row in shown]),
        corridor=_of(CORRIDORS, [group.corridors for group, _row in shown]),
        profile=profiles.pop() if len(profiles) == 1 else GENERAL,
        official=not name.startswith("banc:"),
        verifies=tuple(dict.fromkeys(group.name for group, _row in shown)),
        steps=_steps(text, max(row.steps for _group, row in shown)),
        trust="official",
        source=f"l. {shown[0][1].place}",
        reason=_NO_STORY,
        text=text,
    )  # fmt: skip


def _steps(text: str | None, count: int) -> tuple[Step, ...]:
    """The numbered steps; without the text only their numbers."""
    worded = steps_of(text) if text else ()
    if len(worded) == count:
        return tuple(
            Step(n=n, title=Text(fr=said, en=said), expected=_EXPECTED, text=said)
            for n, said in enumerate(worded, 1)
        )
    return _numbered(count)


@cache
def _numbered(count: int) -> tuple[Step, ...]:
    return tuple(
        Step(n=n, title=Text(fr=f"Étape {n}", en=f"Step {n}"), expected=_EXPECTED)
        for n in range(1, count + 1)
    )


def merged_proofs(
    built_in: Catalogue, groups: Sequence[Group], imported: Imported
) -> Iterator[Proof]:
    """Ours as the workbook has them, then those that only the workbook asks."""
    asked: dict[tuple[str, str], tuple[Group, OfficialRow, OfficialProof]] = {}
    for group in groups:
        for row in group.rows:
            for proof in row.proofs:
                asked.setdefault((proof.id, group.name), (group, row, proof))
    ours = {proof.id for proof in built_in.proofs}
    first: dict[str, tuple[Group, OfficialRow, OfficialProof]] = {}
    for (name, _requirement), found in asked.items():
        first.setdefault(name, found)
    for own in built_in.proofs:
        yield _as_asked(own, first[own.id], imported) if own.id in first else own
    for (name, _requirement), (group, row, official) in asked.items():
        if name in ours and first[name][0] is group:
            continue
        yield _new_proof(group, row, official, imported)


def _as_asked(
    proof: Proof, found: tuple[Group, OfficialRow, OfficialProof], imported: Imported
) -> Proof:
    """A proof of ours: what it is made of stays; what it proves and its kinds are official."""
    group, row, official = found
    return proof.model_copy(
        update={
            "requirement": group.name,
            "kinds": official.kinds or proof.kinds,
            "derived": False,
            "trust": "official",
            "source": _source(row, imported),
            "text": plain(official.text) or None,
        }
    )


def _new_proof(
    group: Group, row: OfficialRow, official: OfficialProof, imported: Imported
) -> Proof:
    text = plain(official.text)
    kinds: Any = official.kinds or ("other",)
    return Proof(
        id=official.id,
        requirement=group.name,
        scenario=row.scenario,
        title=_both(text.split("\n")[0][:200]) or _UNTOLD,
        kinds=kinds,
        made_from=pieces_of(official.kinds),
        trust="official",
        source=_source(row, imported),
        text=text or None,
    )


def _source(row: OfficialRow, imported: Imported) -> str:
    about = imported.source
    return f"{about.name}, {about.sheet}, l. {row.place}" if about else "?"


def _text(shown: Iterable[Shown]) -> str | None:
    return next((plain(row.said("scenario")) for _g, row in shown if row.said("scenario")), None)


def _both(words: str) -> Text | None:
    """Official words are French in either language."""
    return Text(fr=words, en=words) if words.strip() else None


def _of(all_of_them: Sequence[Any], several: Iterable[Sequence[Any]]) -> tuple[Any, ...]:
    wanted = {one for each in several for one in each}
    return tuple(one for one in all_of_them if one in wanted)
