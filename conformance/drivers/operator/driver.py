"""Drives a product through a person: the bench asks, they act, the wire tells when it is done.

All that they say is declared. What they type may hold a secret of the run: the journal masks it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.drivers.actions import ACTIONS, SEES, Outcome, Seen, unknown_word
from conformance.drivers.operator.corrections import Turn, Turns
from conformance.drivers.operator.instructions import People, what_to_do
from conformance.drivers.operator.order import Order
from conformance.drivers.operator.outcomes import (
    connected,
    failed,
    identity_in,
    looks_in,
    outcome_words,
)
from conformance.drivers.operator.questions import LOOKS, answer_of, question_of, seen_of
from conformance.drivers.operator.signals import awaited
from conformance.drivers.operator.values import can_correct, corrected, values_of
from conformance.drivers.person.asking import (
    BACK,
    DONE,
    FAILURES,
    MISTAKE,
    NO,
    Asked,
    Choice,
    Person,
    Said,
)
from conformance.errors import NotReady
from conformance.journal import JournalWriter
from conformance.locale import _

_KEEP, _AMEND = "keep", "amend"


@dataclass(frozen=True, slots=True)
class OperatorOptions:
    """What the stage gives an operator driver.

    `called` maps the bench's people to the names that the product has for them; `picture` takes
    the person's screen as PNG, None when there is nothing to take.
    """

    tenant: str = ""
    called: Mapping[str, str] = field(default_factory=dict)
    picture: Callable[[], bytes | None] = lambda: None


class OperatorDriver:
    """One face of a product, in the hands of a person. Of one thread."""

    witness: Literal["screen", "declared"] = "declared"
    source: Literal["ui", "adapter", "operator"] = "operator"

    def __init__(
        self, person: Person, writer: JournalWriter, options: OperatorOptions | None = None
    ) -> None:
        self._person = person
        self._writer = writer
        self._options = options or OperatorOptions()
        self._people = People(self._options.called)
        self._turns = Turns(writer, person)
        self._told: dict[str, Turn] = {}
        self._new_story()

    def act(self, name: str, arguments: Mapping[str, Any], within: float) -> Outcome:
        """Have one action done, in the time that the person needs.

        Raises `NotReady` for a mistake of theirs, `Stopped` when they take back an earlier one.
        """
        if name not in ACTIONS:
            raise NotReady(unknown_word("action", name, ACTIONS))
        if name == "connected_identity" and (told := self._told.get("identity")):
            self._say_again(what_to_do(name, arguments, self._people), told, "identity")
            known = self._turns.echo(told, name, identity_in)
            assert isinstance(known, Outcome)
            return known
        turn = Turn(
            name,
            lambda: self._have_done(name, arguments),
            lambda before: self._correct_action(name, arguments, before),
        )
        outcome = self._turns.take(turn)
        assert isinstance(outcome, Outcome)
        self._last = name
        self._told = dict.fromkeys(looks_in(outcome), turn)
        return outcome

    def see(self, what: str) -> Seen:
        """Ask one closed question.

        Raises `NotReady` for a word outside `SEES`, `Stopped` when an earlier action is taken back.
        """
        if what not in SEES:
            raise NotReady(unknown_word("see", what, SEES))
        if told := self._told.get(what):
            self._say_again(_(LOOKS[what].question), told, what)
            known = self._turns.echo(
                told, what, lambda given: looks_in(given).get(what, Seen(what, False))
            )
            assert isinstance(known, Seen)
            return known
        turn = Turn(
            what, lambda: self._have_seen(what), lambda before: self._correct_look(what, before)
        )
        seen = self._turns.take(turn)
        assert isinstance(seen, Seen)
        self._told.update(dict.fromkeys(looks_in(seen), turn))
        return seen

    def open(self) -> None:
        """Wait until the person is ready: a film may begin right after."""
        todo = _("Have your product on the screen, with nobody signed in.")
        self._person.ask(Asked(todo, (Choice(DONE, _("ready")),), about="ready"))
        self._heard = self._writer.last_seq

    def reset(self) -> None:
        """Forget the story before; the person is asked for a fresh start by `open`."""
        self._new_story()

    def close(self) -> None:
        """Nothing is held."""

    def _new_story(self) -> None:
        self._turns.forget()
        self._told = {}
        self._heard = self._writer.last_seq
        self._login_from = self._heard
        self._last = ""
        self._ciba = False

    def _say_again(self, question: str, told: Turn, what: str) -> None:
        """What was declared already is not asked again."""
        said = _("{question} (already said: {answer})")
        answer = answer_of(looks_in(told.given)[what])
        self._person.tell(said.format(question=question, answer=answer))

    def _have_done(self, name: str, arguments: Mapping[str, Any]) -> Outcome | None:
        """The action, then the values that go with it; None to go back."""
        while True:
            said = self._action(name, arguments)
            if said.word == BACK:
                return None
            if said.word in FAILURES:
                return failed(said)
            if name == "connected_identity":
                return connected(said)
            values = values_of(name, arguments, self._question)
            if values is not None:
                return Outcome("done", values)

    def _action(self, name: str, arguments: Mapping[str, Any]) -> Said:
        since = self._login_from if name == "finish_psc_login" else self._heard
        who = name == "connected_identity"
        asked = Asked(
            what_to_do(name, arguments, self._people, ciba=self._ciba),
            (Choice(NO, _("nobody")) if who else Choice(DONE, _("it is done")),),
            awaited=awaited(name, arguments, self._writer.recent()),
            enter=not who,
            text=who,
            fails=True,
            back=len(self._turns) > 0,
            overheard=self._order(name).remark,
            since=since,
            about=name,
        )
        said = self._put(asked)
        if name == "start_psc_login":
            self._login_from = self._heard
            self._ciba = said.crossed is not None and said.crossed.data["route"] == "ciba"
        return said

    def _have_seen(self, what: str) -> Seen | None:
        said = self._question(**question_of(what), about=f"see.{what}", back=len(self._turns) > 0)
        if said.word == BACK:
            return None
        return seen_of(what, said, self._options.picture())

    def _correct_action(
        self, name: str, arguments: Mapping[str, Any], before: Outcome
    ) -> Outcome | None:
        amendable = before.name == "done" and can_correct(name)
        choices = [Choice(_KEEP, _("keep “{what}”").format(what=outcome_words(before)))]
        choices += [Choice(_AMEND, _("correct what I declared with it"))] if amendable else []
        choices += [Choice(DONE, _("it was done"))] if before.name != "done" else []
        choices += [Choice(NO, _("nobody"))] if name == "connected_identity" else []
        said = self._question(
            todo=what_to_do(name, arguments, self._people, ciba=self._ciba),
            choices=tuple(choices),
            text=name == "connected_identity",
            fails=True,
            about=name,
        )
        if said.word == BACK:
            return None
        if said.word in FAILURES:
            return failed(said)
        if said.word == _KEEP:
            return before
        if name == "connected_identity":
            return connected(said)
        found = corrected(name, arguments, self._question, dict(before.values))
        return before if found is None else Outcome("done", found)

    def _correct_look(self, what: str, before: Seen) -> Seen | None:
        asked = question_of(what)
        keep = Choice(_KEEP, _("keep “{what}”").format(what=answer_of(before)))
        asked["choices"] = (keep, *asked["choices"])
        asked["enter"] = True
        said = self._question(**asked, about=f"see.{what}")
        if said.word == BACK:
            return None
        return before if said.word == _KEEP else seen_of(what, said, None)

    def _question(self, **asked: Any) -> Said:
        """A question about what stands on the screen."""
        about = str(asked.get("about", ""))
        settings = {"back": True, "overheard": self._order(about).remark, "since": self._heard}
        return self._put(Asked(**{**settings, **asked}))

    def _put(self, asked: Asked) -> Said:
        said = self._person.ask(asked)
        self._heard = said.crossed.seq if said.crossed else self._writer.last_seq
        if said.word == MISTAKE:
            told = _("{action}: the operator made a mistake, run the scenario again")
            raise NotReady(told.format(action=asked.about))
        return said

    def _order(self, name: str) -> Order:
        return Order(self._writer, self._options.tenant, name, self._last)
