"""A person asked in the terminal: what they type, what crosses meanwhile, what is recorded."""

import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.identities import DOCTOR, PATIENT
from common.recording import Secret
from conformance.drivers.actions import ACTIONS, SEES, Outcome, Stopped
from conformance.drivers.operator.driver import OperatorDriver
from conformance.drivers.operator.instructions import People, what_to_do
from conformance.drivers.operator.questions import LOOKS
from conformance.drivers.person.asking import DONE, Asked, Awaited, Choice, Left
from conformance.drivers.person.terminal import TerminalPerson
from conformance.drivers.person.typed import LONGEST, command_of, decoded, unreachable
from conformance.errors import NotReady
from conformance.journal import JournalWriter
from conformance.journal.corrections import in_effect
from conformance.stage.product.recorded_system import RecordedSystem

pytestmark = pytest.mark.usefixtures("english")

ARGUMENTS = {
    "form": "page",
    "means": "ecps",
    "national_id": DOCTOR.national_id,
    "index": 1,
    "seconds": 4,
    "ins": PATIENT.ins,
    "title": "Compte rendu",
    "text": "Rien à signaler",
    "document_id": "D1",
    "to": ["a@default.mss.test"],
    "cc": [],
    "patient": True,
    "answer": "accept",
    "subject": "Objet",
    "message_id": "<1@mss.test>",
    "query": {"name": "Duval"},
    "address": "a@default.mss.test",
}


class Desk:
    """A journal, a person at the end of a pipe, and what they are shown."""

    def __init__(self, folder: Path) -> None:
        self.writer = JournalWriter(folder, "main", secrets.token_bytes(32), 0)
        self.writer.scenario = "PSC.01.01"
        reading, self._writing = os.pipe()
        self._source = io.FileIO(reading)
        self.screen = io.StringIO()
        self.person = TerminalPerson(self.writer, self._source, self.screen)
        self.driver = OperatorDriver(self.person, self.writer)
        self.system = RecordedSystem(self.driver, "web", self.writer, tenant="default")

    def types(self, *lines: str | bytes) -> None:
        """Lines typed ahead, as a pipe gives them."""
        for line in lines:
            os.write(self._writing, (line if isinstance(line, bytes) else line.encode()) + b"\n")

    def leaves(self) -> None:
        """The input ends."""
        os.close(self._writing)
        self._writing = -1

    def said(self, kind: str = "operator.said") -> list[Any]:
        """The data of the events of a kind."""
        return [event.data for event in self.writer.recent() if event.kind == kind]

    def close(self) -> None:
        """Let go of the pipe: its end ends the thread that reads."""
        if self._writing >= 0:
            self.leaves()
        self.writer.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def exchange(route: str) -> dict[str, Any]:
    """The data of an exchange at the mock PSC."""
    return {"route": route, "request": {}, "response": {"status": 200}, "facts": {}}


def test_every_word_of_the_vocabulary_is_told_in_words() -> None:
    assert set(LOOKS) == set(SEES)
    for name, action in ACTIONS.items():
        arguments = {key: ARGUMENTS[key] for key in action.arguments}
        assert "{" not in what_to_do(name, arguments, People({"doctor": "Dr Essai"}))


def test_an_event_moves_on_and_nothing_is_said_for_the_person(desk: Desk) -> None:
    desk.writer.record("http.exchange", exchange("discovery"), source="psc")
    awaited = Awaited("http.exchange", lambda e: e.data["route"] == "logout", "a logout")
    question = Asked("Sign out.", (Choice(DONE, "done"),), awaited=awaited, since=0)
    desk.writer.record("http.exchange", exchange("logout"), source="psc")

    said = desk.person.ask(question)

    assert said.crossed is not None and said.crossed.data["route"] == "logout"
    assert desk.said() == []


def test_enter_alone_is_asked_twice_when_the_wire_has_shown_nothing(desk: Desk) -> None:
    desk.types("", "")

    outcome = desk.driver.act("logout", {}, 1)

    assert outcome == Outcome("done")
    assert "has not seen a request to sign out" in " ".join(desk.screen.getvalue().split())


def test_nobody_in_time_is_no_answer(desk: Desk) -> None:
    said = desk.person.ask(Asked("Anybody?", (Choice(DONE, "yes"),), within=0.01))

    assert said.word == ""


def test_odd_octets_and_absurd_lines_are_text_like_any_other(desk: Desk) -> None:
    desk.types("œuf".encode("cp1252") + b"\x1b[A\x00\xff", b"x" * 40_000)
    asked = Asked("Which words?", (), text=True, enter=False)

    odd, long = desk.person.ask(asked), desk.person.ask(asked)

    assert odd.note.startswith("œuf") and odd.note.isprintable()
    assert len(long.note) == LONGEST
    assert "only the first" in desk.screen.getvalue()


def test_a_secret_of_the_run_that_is_typed_is_masked(desk: Desk) -> None:
    token = secrets.token_urlsafe(32)
    desk.writer.label(Secret("access_token", token))
    desk.types(f"note jeton {token}", f"Erreur : {token}")

    desk.system.see("error")

    written = (desk.writer.folder / "journal" / "main.jsonl").read_text(encoding="utf-8")
    assert token not in written
    assert written.count("⟦access_token") == 3


def test_each_failure_is_its_own_outcome(desk: Desk) -> None:
    typed = {
        "refused": ("fail", "1", "Session expirée"),
        "unsupported": ("échec", "2"),
        "unclear": ("ECHEC", "9", "3", ""),
        "broken": ("fail", "4", "Erreur 500"),
    }

    for lines in typed.values():
        desk.types(*lines)
    outcomes = [desk.driver.act("go_to_login", {}, 1) for _word in typed]

    assert [outcome.name for outcome in outcomes] == list(typed)
    assert outcomes[0].shown == "Session expirée"
    assert outcomes[3].reason == "Erreur 500"


def test_a_mistake_of_the_person_is_the_set_up_and_not_the_product(desk: Desk) -> None:
    desk.types("fail", "5")

    with pytest.raises(NotReady, match="go_to_login: the operator made a mistake"):
        desk.driver.act("go_to_login", {}, 1)


def test_an_action_taken_back_ends_the_story_at_its_own_step(desk: Desk) -> None:
    desk.types("", "back", "fail", "1", "Non")
    desk.writer.step = 3
    desk.system.close_terms()
    desk.writer.step = 4

    with pytest.raises(Stopped) as stopped:
        desk.system.go_to_login()

    last = [e for e in in_effect(desk.writer.recent()) if e.kind == "action.finished"]
    assert (stopped.value.action, stopped.value.step) == ("close_terms", 3)
    assert [(e.data["outcome"], e.data["shown"], e.step) for e in last] == [("refused", "Non", 3)]


def test_what_was_seen_on_the_wire_cannot_be_corrected(desk: Desk) -> None:
    desk.types("y")
    desk.system.see("logout")
    wire = desk.writer.record("ui.seen", desk.said("ui.seen")[0], source="ui", witness="screen")
    forged = {**desk.said("ui.seen")[0], "present": False, "amends": f"main:{wire}"}
    desk.writer.record("ui.seen", forged, source="operator", witness="declared")

    kept = [e.data["present"] for e in in_effect(desk.writer.recent()) if e.kind == "ui.seen"]

    assert kept == [True, True, False]


def test_values_and_lists_go_with_what_was_done(desk: Desk) -> None:
    desk.types("", "", "y", "a@mss.test; b@mss.test")

    outcome = desk.driver.act("replace_document", {"document_id": "D1", "text": "t"}, 1)
    offer, recipients = desk.driver.see("notify-offer"), desk.driver.see("recipients")

    found = {"shown": True, "recipients": ["a@mss.test", "b@mss.test"]}
    assert outcome.values == {"document_id": "D1", "offer": found}
    assert offer.present and recipients.text == "a@mss.test, b@mss.test"


def test_a_corrected_offer_corrects_the_looks_that_it_answered(desk: Desk) -> None:
    desk.types("", "D2", "n", "back", "2", "y", "a@mss.test", "")

    desk.system.replace_document(document_id="D1", text="t")
    desk.system.see("notify-offer")
    desk.system.see("recipients")
    desk.system.answer_offer(answer="decline")

    stands = in_effect(desk.writer.recent())
    looks = [(e.data["present"], e.data["text"]) for e in stands if e.kind == "ui.seen"]
    replaced = next(e.data["values"] for e in stands if e.kind == "action.finished")
    assert looks == [(True, ""), (True, "a@mss.test")]
    assert replaced["document_id"] == "D2"
    assert replaced["offer"] == {"shown": True, "recipients": ["a@mss.test"]}


def test_a_corrected_name_corrects_who_is_signed_in(desk: Desk) -> None:
    desk.types("Dr Erreur", "back", "Dr Essai", "")

    desk.system.see("identity")
    desk.system.connected_identity()
    desk.system.go_to_logout()

    finished = [e.data for e in in_effect(desk.writer.recent()) if e.kind == "action.finished"]
    assert finished[0]["values"]["name"] == "Dr Essai"


def test_a_fault_leaves_it_to_the_person_whether_the_login_was_taken(desk: Desk) -> None:
    desk.writer.record("fault.armed", {"name": "id-token.expired"}, source="psc")
    tokens = {**exchange("token"), "facts": {"issued": ["access_token"]}}
    desk.writer.record("http.exchange", tokens, source="psc")
    desk.writer.record("http.exchange", exchange("userinfo"), source="psc")
    desk.types("fail", "1", "Connexion refusée")
    arguments = {"means": "cps", "national_id": DOCTOR.national_id}

    outcome = desk.driver.act("finish_psc_login", arguments, 1)

    assert outcome == Outcome("refused", shown="Connexion refusée")
    assert desk.said("bench.note") == []


def test_an_input_that_ended_is_said_each_time(desk: Desk) -> None:
    desk.leaves()
    asked = Asked("Anybody?", (Choice(DONE, "yes"),))

    with pytest.raises(Left, match="Nobody answers"):
        desk.person.ask(asked)
    with pytest.raises(Left):
        desk.person.ask(asked)


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("RETOUR", "back", ""),
        ("Échec", "fail", ""),
        ("note  deux mots", "note", "deux mots"),
        ("retour au cabinet", "", ""),
        ("?", "help", ""),
        ("notes", "", ""),
    ],
)
def test_commands_are_known_without_accents_and_in_both_languages(
    line: str, command: str, rest: str
) -> None:
    assert command_of(line) == (command, rest)


def test_lines_of_old_terminals_are_read() -> None:
    assert decoded("échec".encode("latin-1")) == "échec"


def test_a_pipe_is_somebody_and_the_void_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("\n", encoding="utf-8")

    with (tmp_path / "answers").open(encoding="utf-8") as given, Path(os.devnull).open() as void:
        assert unreachable(given) is None
        assert "no terminal to ask in" in (unreachable(void) or "")
    assert "no terminal" in (unreachable(None) or "")
