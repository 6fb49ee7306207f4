"""The synthetic people of the bench: no one here exists.

Professionals carry RPPS numbers of the test block 8997… [PSC-SANDBOX identities], patients an
INS number under the test OID [INS-FORM OIDs]; addresses are made from the tenant's own domains,
all under `.test`.
"""

from dataclasses import dataclass
from datetime import date

INS_TEST_OID = "1.2.250.1.213.1.4.10"
"""OID of INS-NIR for tests."""

PROFESSIONALS_OID = "1.2.250.1.71.4.2.1"
ORGANISATIONS_OID = "1.2.250.1.71.4.2.2"


@dataclass(frozen=True, slots=True)
class Practice:
    """One place and way of practising (an `activity` of SubjectRefPro)."""

    structure: str
    structure_id: str
    mode: str
    sector: str
    city: str = "VILLE-FICTIVE"
    postcode: str = "99999"


@dataclass(frozen=True, slots=True)
class Professional:
    """A synthetic health professional; `national_id` is `8` + RPPS, 12 digits."""

    key: str
    national_id: str
    subject: str
    given: str
    family: str
    civility: str
    title: str
    profession: str
    speciality: str
    practices: tuple[Practice, ...]

    @property
    def rpps(self) -> str:
        """The RPPS number, 11 digits."""
        return self.national_id[1:]

    @property
    def sub(self) -> str:
        """The `sub` claim: `f:<uuid>:<national id>`."""
        return f"f:{self.subject}:{self.national_id}"

    @property
    def name(self) -> str:
        """Given and family name, as shown."""
        return f"{self.given} {self.family}"

    def mailbox(self, domain: str) -> str:
        """The person's MSSanté address in a tenant's `domain`."""
        return f"{_local(self.given)}.{_local(self.family)}@{domain}"


@dataclass(frozen=True, slots=True)
class Patient:
    """A synthetic patient with a qualified INS (number, OID and traits)."""

    key: str
    ins: str
    birth_name: str
    given: str
    sex: str
    born: date
    birthplace_cog: str
    local_id: str
    qualified: bool = True

    def mailbox(self, patient_domain: str) -> str:
        """The patient's own address: the INS number at the patients' domain (ECO.2.2.6)."""
        return f"{self.ins}@{patient_domain}"


def _local(name: str) -> str:
    return name.lower().replace(" ", "-").replace("'", "")


_TILLEULS = Practice("CABINET FICTIF DES TILLEULS", "R999001", "L", "SA07")
_LAC = Practice("HOPITAL IMAGINAIRE DU LAC", "F990001232", "S", "SA01")
_ERABLES = Practice("CENTRE FICTIF DES ERABLES", "R999002", "L", "SA08")

DOCTOR = Professional(
    "doctor",
    "899700042171",
    "11111111-2222-4333-8444-555555555555",
    "OCEANE-TEST",
    "FICTIVE-MARTINEAU",
    "MME",
    "Dr",
    "10",
    "SM26",
    (_TILLEULS, _LAC),
)
COLLEAGUE = Professional(
    "colleague",
    "899700042189",
    "22222222-3333-4444-8555-666666666666",
    "AMEDEE-TEST",
    "IMAGINAIRE-DUVAL",
    "M",
    "Dr",
    "10",
    "SM04",
    (_LAC,),
)
NURSE = Professional(
    "nurse",
    "899700042197",
    "33333333-4444-4555-8666-777777777777",
    "LEONIE-TEST",
    "INVENTEE-ROCHER",
    "MME",
    "",
    "60",
    "",
    (_ERABLES,),
)
PROFESSIONALS = (DOCTOR, COLLEAGUE, NURSE)

PATIENT = Patient(
    "patient",
    "279035121518989",
    "PAT-TROIS",
    "DOMINIQUE",
    "F",
    date(1979, 3, 28),
    "51215",
    "BANC-0001",
)
OTHER_PATIENT = Patient(
    "other-patient",
    "160029935000167",
    "ESSAI-BRUYERE",
    "MAXENCE",
    "M",
    date(1960, 2, 14),
    "99350",
    "BANC-0002",
)
UNQUALIFIED_PATIENT = Patient(
    "unqualified-patient",
    "",
    "SANS-INS",
    "CAMILLE",
    "F",
    date(2001, 7, 9),
    "51215",
    "BANC-0003",
    qualified=False,
)
PATIENTS = (PATIENT, OTHER_PATIENT, UNQUALIFIED_PATIENT)


def professional(national_id: str) -> Professional:
    """The professional with that national identifier. Raises `KeyError` if there is none."""
    for person in PROFESSIONALS:
        if person.national_id == national_id:
            return person
    raise KeyError(national_id)
