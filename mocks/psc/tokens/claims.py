"""What UserInfo says of a synthetic professional [PSC-CONTEXT], and the shapes it may take.

Absent values are empty strings, as observed. A variant changes what UserInfo says, not `sub`.
"""

from collections.abc import Collection

from common.identities import Practice, Professional
from mocks.psc.state import Means

_SECTOR_OID = "1.2.250.1.71.4.2.4"
_ROLE_OID = "1.2.250.1.213.1.1.5.5"
_EMPTY_MEMBERS = (
    "codeSectionPharmacien",
    "codeRole",
    "numeroSiretSite",
    "numeroSirenSite",
    "numeroFinessSite",
    "numeroFinessetablissementJuridique",
    "enseigneCommercialeSite",
    "complementDestinataire",
    "complementPointGeographique",
    "numeroVoie",
    "indiceRepetitionVoie",
    "codeTypeDeVoie",
    "libelleVoie",
    "mentionDistribution",
    "codeCommune",
    "telephone",
    "telephone2",
    "telecopie",
    "adresseEMail",
    "codeDepartement",
)
_REGISTERS = {"10": "CNOM/CNOM/CNOM", "21": "CNOP/CNOP/CNOP", "60": "CNOI/CNOI/CNOI"}
_SECOND_PLACE = Practice("MAISON IMAGINAIRE DU PONT", "R999009", "L", "SA08")


def identity(
    person: Professional, means: Means, variants: Collection[str] = ()
) -> dict[str, object]:
    """The members of UserInfo for `person`, in the shapes that `variants` name."""
    first = person.practices[0]
    given, family = person.given, person.family
    if "accents" in variants:
        given, family = "Zoë-Élodie", "D'ESSAI-ÇÀÉÏÔÙ"
    said: dict[str, object] = {
        "sub": person.sub,
        "SubjectNameID": person.national_id,
        "preferred_username": person.national_id,
        "given_name": given,
        "family_name": family,
        "codeCivilite": person.civility,
        "codeGenreActivite": "GENR01",
        "Secteur_Activite": f"{first.sector}^{_SECTOR_OID}",
        "SubjectOrganization": first.structure,
        "SubjectOrganizationID": first.structure_id,
        "SubjectRole": [f"{person.profession}^{_ROLE_OID}"],
        "Mode_Acces_Raison": "",
        "Acces_Regulation_Medicale": "FAUX",
        "UITVersion": "1.0",
        "Palier_Authentification": "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
        "PSI_Locale": "1.2.250.1.213.1.3.1.1",
        "authMode": means.value,
        "otherIds": [_other_id(person.national_id, "RPPS")],
        "SubjectRefPro": {
            "codeCivilite": person.civility,
            "exercices": _practised(person, given, family, variants),
        },
    }
    _change_identifier(said, person, variants)
    if "no-subject-ref-pro" in variants:
        del said["SubjectRefPro"]
    if "unknown-members" in variants:
        said["membreInconnu"] = {"valeurs": ["A", "B"], "depuis": "2026-01-01"}
    return said


def _practised(
    person: Professional, given: str, family: str, variants: Collection[str]
) -> list[dict[str, object]]:
    if "no-exercices" in variants:
        return []
    practices = list(person.practices)
    activities = [_activity(person, practice) for practice in practices]
    if "two-activities" in variants:
        activities = [activities[0], _short_activity(_SECOND_PLACE)]
    if "practice-name-differs" in variants:
        family, given = f"NOM-EXERCICE-{family}", f"{given}-EXERCICE"
    known_how = ("S", person.speciality) if person.speciality else ("", "")
    exercise: dict[str, object] = {
        "codeProfession": person.profession,
        "codeCategorieProfessionnelle": "C",
        "codeCiviliteDexercice": person.title.upper(),
        "nomDexercice": family,
        "prenomDexercice": given,
        "codeTypeSavoirFaire": known_how[0],
        "codeSavoirFaire": known_how[1],
        "activities": activities,
    }
    if "two-professions" not in variants:
        return [exercise]
    second = {
        **exercise,
        "codeProfession": "50" if person.profession != "50" else "10",
        "codeTypeSavoirFaire": "",
        "codeSavoirFaire": "",
        "activities": [_short_activity(_SECOND_PLACE)],
    }
    return [exercise, second]


def _activity(person: Professional, practice: Practice) -> dict[str, object]:
    finess = practice.structure_id[1:] if practice.structure_id.startswith("F") else ""
    return {
        **dict.fromkeys(_EMPTY_MEMBERS, ""),
        **_short_activity(practice),
        "numeroFinessSite": finess,
        "bureauCedex": f"{practice.postcode} {practice.city}",
        "ancienIdentifiantDeLaStructure": (f"1{finess}" if finess else f"4{person.rpps}001"),
        "autoriteDenregistrement": _REGISTERS.get(person.profession, ""),
    }


def _short_activity(practice: Practice) -> dict[str, object]:
    """An activity whose empty members are left out, as real answers have them too."""
    return {
        "codeModeExercice": practice.mode,
        "codeSecteurDactivite": practice.sector,
        "codeGenreActivite": "GENR01",
        "identifiantTechniqueDeLaStructure": practice.structure_id,
        "raisonSocialeSite": practice.structure,
        "codePostal": practice.postcode,
        "codePays": "99000",
    }


def _change_identifier(
    said: dict[str, object], person: Professional, variants: Collection[str]
) -> None:
    rpps = _other_id(person.national_id, "RPPS")
    if "edit-id" in variants:
        identifier, origin = "ANS20260115093000", "EDIT"
    elif "adeli-id" in variants:
        identifier, origin = "0999900017", "ADELI"
    else:
        return
    said["SubjectNameID"] = said["preferred_username"] = identifier
    said["otherIds"] = [_other_id(identifier, origin), rpps]


def _other_id(identifier: str, origin: str) -> dict[str, object]:
    return {"identifiant": identifier, "origine": origin, "qualite": 1}
