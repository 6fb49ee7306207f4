"""Who signed in, made from what Pro Santé Connect's userinfo says [PSC-CONTEXT userinfo].

Any member may be empty or missing: an account stays usable without `SubjectRefPro`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from common.identities import Practice, Professional

Claims = Mapping[str, Any]


def national_id_of(person: Claims) -> str:
    """The national identifier of a userinfo answer: the key of the account."""
    return _text(person, "SubjectNameID") or _text(person, "preferred_username")


def professional_of(person: Claims) -> Professional:
    """The professional that a userinfo answer describes."""
    exercises = _objects(_mapping(person.get("SubjectRefPro")), "exercices")
    first: Claims = exercises[0] if exercises else {}
    national_id = national_id_of(person)
    return Professional(
        key=national_id,
        national_id=national_id,
        subject=_text(person, "sub").removeprefix("f:").split(":")[0],
        given=_text(first, "prenomDexercice") or _text(person, "given_name"),
        family=_text(first, "nomDexercice") or _text(person, "family_name"),
        civility=_text(person, "codeCivilite"),
        title=_text(first, "codeCiviliteDexercice").capitalize(),
        profession=_text(first, "codeProfession"),
        speciality=_text(first, "codeSavoirFaire"),
        practices=tuple(_practices(exercises)),
    )


def _practices(exercises: list[Claims]) -> Iterator[Practice]:
    for exercise in exercises:
        for activity in _objects(exercise, "activities"):
            postcode = _text(activity, "codePostal")
            yield Practice(
                structure=_text(activity, "raisonSocialeSite")
                or _text(activity, "enseigneCommercialeSite"),
                structure_id=_text(activity, "identifiantTechniqueDeLaStructure"),
                mode=_text(activity, "codeModeExercice"),
                sector=_text(activity, "codeSecteurDactivite"),
                city=_text(activity, "bureauCedex").removeprefix(postcode).strip(),
                postcode=postcode,
            )


def _mapping(value: object) -> Claims:
    return value if isinstance(value, Mapping) else {}


def _objects(holder: Claims, name: str) -> list[Claims]:
    values = holder.get(name)
    return [v for v in values if isinstance(v, Mapping)] if isinstance(values, list) else []


def _text(holder: Claims, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""
