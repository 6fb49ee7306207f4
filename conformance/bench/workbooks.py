"""Workbooks of the shape of the official ones, with texts of our own: never an official word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SECTIONS = ("MSS", "PSC", "INS", "DMP", "DOC", "CDA", "SSI", "ANN", "PORT", "TBB")
VERBS = ("consigne", "affiche", "transmet", "retrouve", "propose", "classe", "horodate")
THINGS = ("le bordereau", "la fiche", "le relevé", "le dossier", "le compte rendu", "l'alerte")
PROOFS = (
    "Vidéo de la manipulation, plein écran",
    "Capture d'écran de la fiche ou vidéo",
    "Lien permanent Gazelle du test",
    "Source SMTP du message",
    "Extrait de configuration",
    "Document PDF/A-1",
    "Fichier de logs",
    "Élément laissé au choix",
)
HEADINGS = (
    "Périmètre",
    "ID",
    "Chapitre",
    "Fonction",
    "Exigence",
    "Commentaire",
    "Nature",
    "Profil",
    "N° scénario",
    "Scénario de conformité",
)
PAIRS = tuple(title for n in range(1, 11) for title in (f"N° preuve {n}", f"Preuve {n}"))
AFTER = ("Statut publication", "VA N-1", "Criticité", "Ordre")
CONVERGENCE = (
    "Périmètre",
    "ID",
    "Chapitre",
    "Fonction",
    "Exigence",
    "Commentaire",
    "Profil",
    "N° scénario",
    "Scénario",
    "N° preuve",
    "Preuve",
    "Profil histo",
    "Criticité",
    "Ordre",
)


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented requirement with one scenario of six steps and its proofs."""

    number: int

    @property
    def id(self) -> str:
        """`XYZ/INV.nnn`: of the shape of the official ones, of none of them."""
        return f"{SECTIONS[self.number % len(SECTIONS)]}/INV.{self.number:04d}"

    @property
    def statement(self) -> str:
        """A sentence that nobody asks of anybody; each one differs."""
        duty = "PEUT faire" if self.nature == "PRECONISATION" else "DOIT faire"
        return (
            f"Le système imaginaire {self.number} {duty} en sorte qu'il "
            f"{VERBS[self.number % 7]} {THINGS[self.number % 6]} numéro {self.number}."
        )

    @property
    def nature(self) -> str:
        """One in ten is only advised."""
        return "PRECONISATION" if self.number % 10 == 9 else "EXIGENCE"

    @property
    def profile(self) -> str:
        """One in eight is conditional."""
        return "BAL PER-ORG" if self.number % 8 == 7 else "Général"

    @property
    def scenario(self) -> str:
        """Prerequisites and numbered steps, as the sheet writes them."""
        steps = "\n".join(
            f"{n}. Manipulation inventée {n} de la fiche {self.number}" for n in range(1, 7)
        )
        return f"Prérequis :\nUne fiche inventée {self.number}\nEtapes :\n{steps}"

    @property
    def proofs(self) -> list[tuple[str, str]]:
        """One to three."""
        return [
            (f"{self.id}.01.{n:02d}", f"{PROOFS[(self.number + n) % 8]} (fiche {self.number})")
            for n in range(1, 2 + self.number % 3)
        ]

    def rem(self, wave: str = "2") -> list[object]:
        """Its line of the REM sheet."""
        flat: list[object] = [cell for proof in self.proofs for cell in proof]
        return [
            f"Vague {wave}",
            self.id,
            f"Chapitre {self.number % 12}",
            f"Fonction {self.number % 30}",
            self.statement,
            f"Remarque inventée {self.number}" if self.number % 5 == 0 else None,
            self.nature,
            self.profile,
            f"{self.id}.01",
            self.scenario,
            *flat,
            *[None] * (len(PAIRS) - len(flat)),
            "Inchangée",
            None,
            ("MINOR", "MAJOR", "CRITICAL")[self.number % 3],
            self.number,
        ]

    def convergence(self, wave: str = "2") -> Iterator[list[object]]:
        """Its lines of the Convergence export, whose text is XHTML."""
        for proof, text in self.proofs:
            yield [
                f"Vague {wave}",
                self.id,
                f"Chapitre {self.number % 12}",
                f"Fonction {self.number % 30}",
                f"<p>{self.statement}</p>",
                None,
                self.profile,
                f"{self.id}.01",
                "".join(f"<p>{line}</p>" for line in self.scenario.split("\n")),
                proof,
                f"<p>{text}</p>",
                None,
                "MAJOR",
                self.number,
            ]


def invented(count: int) -> list[Invented]:
    """`count` of them, the same ones every time."""
    return [Invented(number) for number in range(1, count + 1)]


def write_rem(path: Path, rows: Sequence[Sequence[object]], sheet: str = "Exigences") -> Path:
    """A workbook of the REM layout under its usual heading."""
    return write_sheet(path, sheet, (*HEADINGS, *PAIRS, *AFTER), rows)


def write_sheet(
    path: Path, sheet: str, headings: Sequence[str], rows: Sequence[Sequence[object]]
) -> Path:
    """A workbook with a cover, and a sheet with a heading and these rows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.create_sheet("Lisez-moi").append(["Feuille inventée"])
    page = book.create_sheet(sheet)
    page.append(list(headings))
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path
