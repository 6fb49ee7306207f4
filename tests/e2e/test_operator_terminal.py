"""A product driven by hand: one program types at `banc run`, another uses the product meanwhile."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from common.identities import DOCTOR
from tests.e2e.typed_run import PRODUCT, Start, Typist, Visitor, starts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a POSIX terminal")

STORY = "PSC.01.01@cps"
NAME = f"{DOCTOR.title} {DOCTOR.name}"

Banc = Callable[..., Any]


@pytest.fixture
def start(tmp_path: Path, quick: dict[str, str]) -> Iterator[Start]:
    """`start(story)`: a run of the reference product in a terminal of 80 columns."""
    yield from starts(tmp_path, quick)


def read_the_terms(typist: Typist) -> None:
    """Steps 1 to 4 of the story."""
    typist.answers("Affichez la page des conditions")
    typist.answers("Faites défiler")
    typist.answers("Lit-on à l'écran un paragraphe", "o")
    typist.answers("Fermez les conditions")
    typist.answers("Allez à la zone de connexion")
    typist.answers("Quel texte porte le bouton", "S'identifier avec Pro Santé Connect")


def signed_in(typist: Typist, visitor: Visitor) -> None:
    """Steps 5 to 8: the product is used, nothing is typed until the names are asked."""
    typist.at("Lancez la connexion")
    visitor.sign_in()
    typist.at("Quel nom votre produit montre-t-il")
    typist.says(NAME)
    typist.answers("plusieurs lieux d'exercice", "oui")


def test_a_whole_story_is_told_by_hand_and_moves_on_by_itself(start: Start) -> None:
    typist = start(STORY)
    visitor = typist.visitor()

    read_the_terms(typist)
    signed_in(typist, visitor)
    typist.answers("Allez à la zone de déconnexion")
    typist.answers("La commande de déconnexion", "o")
    typist.at("Déconnectez-vous de")
    visitor.sign_out()
    typist.answers("plus personne n'est connecté", "o")
    typist.at("Lancez la connexion")
    visitor.open("/connexion/psc")
    code = typist.ends()

    findings = typist.findings()
    assert code == 0
    assert [key for key, f in findings.items() if f["said"] == "broken"] == []
    verdicts = {f["verdict"] for f in findings.values() if f["witness"] == "declared"}
    assert verdicts == {"review"}
    assert findings["psc.identity.shown", "identity 1"]["said"] == "held"
    assert {e["witness"] for e in typist.events("action.finished")} == {"declared"}
    assert "Étape 7/11" in typist.transcript and "(déjà répondu" in typist.transcript
    assert typist.transcript.count("banc film add") == 1
    assert typist.too_wide() == []


def test_what_was_said_is_corrected_and_remarks_are_kept(start: Start) -> None:
    typist = start(STORY, NO_COLOR="1")
    typist.visitor()

    typist.answers("Affichez la page des conditions", "note écran de 13 pouces")
    typist.answers("Noté.", "pause")
    typist.answers("En pause", "")
    typist.answers("[Entrée : c'est fait")
    typist.answers("Faites défiler", "aide")
    typist.answers("corriger la réponse précédente", "")
    typist.answers("Lit-on à l'écran un paragraphe", "n")
    typist.answers("Fermez les conditions", "Retour")
    typist.answers("garder « non »", "o")
    typist.answers("Corrigé.", "back")
    typist.answers("garder « oui »", "RETOUR")
    typist.answers("Faites défiler", "échec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", "Page indisponible")
    code = typist.ends()

    corrected = [e["data"] for e in typist.events("ui.seen") if e["data"].get("amends")]
    notes = {e["data"]["choice"]: e["data"]["note"] for e in typist.events("operator.said")}
    finished = typist.events("scenario.finished")[0]["data"]
    story = typist.findings()["story.complete", "story"]
    assert code == 1
    assert (story["said"], story["params"]["step"]) == ("broken", 2)
    assert [(seen["what"], seen["present"]) for seen in corrected] == [("terms.psc", True)]
    assert notes["note"] == "écran de 13 pouces" and {"pause", "resume", "back"} <= set(notes)
    assert (finished["ended"], finished["stopped_at"]) == ("stopped", 2)
    assert typist.findings()["psc.terms.shown", "terms 1"]["said"] == "held"
    assert "\x1b" not in typist.transcript
    assert typist.too_wide() == []


def test_a_wrong_order_is_told_at_once_and_a_refusal_in_the_words_of_the_product(
    start: Start,
) -> None:
    typist = start(STORY)
    visitor = typist.visitor()

    typist.at("Affichez la page des conditions")
    visitor.open("/connexion/psc")
    told = typist.answers("Dans le désordre")
    typist.answers("Faites défiler", "echec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", "")
    typist.answers("Sans mots affichés", "1")
    typist.answers("Recopiez les mots", "Conditions indisponibles")
    code = typist.ends()

    notes = [event["data"] for event in typist.events("bench.note")]
    order = [note for note in notes if note["what"] == "operator.order"]
    last = typist.events("action.finished")[-1]["data"]
    assert "une demande de connexion à Pro Santé Connect" in " ".join(told.split())
    assert order[0]["values"]["asked"] == "show_terms"
    assert order[0]["values"]["seen"] == "login-request"
    assert (last["outcome"], last["shown"]) == ("refused", "Conditions indisponibles")
    assert typist.findings()["story.complete", "story"]["said"] == "broken"
    assert code == 1


def test_an_input_that_ends_ends_the_run_in_a_sentence_and_loses_nothing(start: Start) -> None:
    typist = start(STORY, "--lang", "en", TERM="dumb")

    typist.answers("Have your product on the screen")
    typist.answers("Show the page with the terms")
    typist.at("Scroll to the paragraph")
    typist.child.sendeof()
    code = typist.ends()

    finished = typist.events("scenario.finished")[0]["data"]
    assert code == 2
    assert "Nobody answers any more" in " ".join(typist.transcript.split())
    assert finished["ended"] == "interrupted" and "Nobody answers" in finished["reason"]
    assert len(typist.events("action.finished")) == 1
    assert (typist.bundle / "manifest.jws").is_file()
    assert "Traceback" not in typist.transcript and "\x1b" not in typist.transcript


def test_a_terminal_that_closes_seals_what_was_recorded(start: Start) -> None:
    typist = start(STORY)

    typist.answers("Affichez votre produit")
    typist.answers("Affichez la page des conditions")
    typist.at("Faites défiler")
    code = typist.closes()

    [finished] = typist.events("scenario.finished")
    assert code == 2
    assert finished["data"]["ended"] == "interrupted"
    assert "Plus personne ne répond" in finished["data"]["reason"]
    assert len(typist.events("action.finished")) == 1
    assert (typist.bundle / "manifest.jws").is_file()


def ciba_digits(typist: Typist) -> str:
    """The digits that the product sent, which it shows on its own window."""
    [asked] = [e for e in typist.events("http.exchange") if e["data"]["route"] == "ciba"]
    digits: str = asked["data"]["request"]["form"]["binding_message"]
    return digits


def test_digits_typed_right_let_the_robot_approve(start: Start) -> None:
    typist = start("banc:psc-ciba-login")
    product = typist.visitor()

    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    product.act("start_psc_login", means="ecps", national_id=DOCTOR.national_id)
    typist.answers("Quels sont les deux chiffres", "quarante-deux")
    typist.answers("Deux chiffres sont attendus", ciba_digits(typist))
    typist.answers("Qui est connecté", NAME)
    code = typist.ends()

    answered = [e["data"] for e in typist.events("bench.note") if "agreed" in e["data"]["values"]]
    assert code == 0
    assert [note["values"]["agreed"] for note in answered] == [True]
    assert typist.findings()["story.complete", "story"]["verdict"] == "review"


def test_digits_typed_wrong_make_the_robot_refuse(start: Start) -> None:
    typist = start("banc:psc-ciba-login")
    product = typist.visitor()

    typist.answers("Allez à la zone de connexion")
    typist.at("Lancez la connexion")
    product.act("start_psc_login", means="ecps", national_id=DOCTOR.national_id)
    typist.at("Quels sont les deux chiffres")
    typist.says("00" if ciba_digits(typist) != "00" else "11")
    typist.answers("Attendez que votre produit", "échec")
    typist.answers("Que s'est-il passé", "1")
    typist.answers("Recopiez les mots", "Connexion refusée sur le téléphone")
    typist.ends()

    answered = [e["data"] for e in typist.events("bench.note") if "agreed" in e["data"]["values"]]
    assert [note["values"]["agreed"] for note in answered] == [False]
    assert typist.events("action.finished")[-1]["data"]["outcome"] == "refused"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--jobs", "2"), "une personne ne fait qu'une chose à la fois, attendu --jobs 1"),
        ((), "il n'y a pas de terminal où lui parler"),
    ],
)
def test_a_run_that_cannot_ask_anybody_is_refused_before_it_starts(
    tmp_path: Path, banc: Banc, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "banc.toml").write_text(PRODUCT, encoding="utf-8", newline="\n")
    asked = ("--only", STORY, "--config", tmp_path / "banc.toml", "--reports", tmp_path / "r")

    told = banc("run", *asked, *arguments)

    assert told.code == 2
    assert len(told.lines) == 1 and said in told.lines[0]
    assert list((tmp_path / "r").iterdir()) == []
