"""Drives a product through a person: the bench asks, they act, the wire tells when it is done.

All that they say is declared. What they type may hold a secret of the run: the journal masks it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.drivers.actions import (
    ACTIONS,
    SEES,
    NotReady,
    Outcome,
    OutcomeName,
    Seen,
    unknown_word,
)
from conformance.drivers.operator_values import has_values, values_of
from conformance.drivers.operator_wire import SIGNALS, TOKENS, awaited
from conformance.drivers.operator_words import LOOKS, People, what_to_do
from conformance.drivers.person import (
    BACK,
    DONE,
    FAILURES,
    HOW_IT_FAILED,
    MISTAKE,
    NO,
    TEXT,
    YES,
    Asked,
    Choice,
    Person,
    Said,
)
from conformance.drivers.turns import Turn, Turns
from conformance.journal import Event, JournalWriter
from conformance.locale import _

_DIGITS = re.compile(r"[0-9]{2}")
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
        self._new_story()

    def act(self, name: str, arguments: Mapping[str, Any], within: float) -> Outcome:
        """Have one action done, in the time that the person needs.

        Raises `NotReady` for a mistake of theirs, `Stopped` when they take back an earlier one.
        """
        if name not in ACTIONS:
            raise NotReady(unknown_word("action", name, ACTIONS))
        if name == "connected_identity" and (seen := self._told.get("identity")):
            self._say_again(what_to_do(name, arguments, self._people), seen)
            return Outcome("done", {"connected": seen.present, "name": seen.text})
        turn = Turn(
            name,
            lambda: self._have_done(name, arguments),
            lambda before: self._correct_action(name, arguments, before),
        )
        outcome = self._turns.take(turn)
        assert isinstance(outcome, Outcome)
        self._remember(name, outcome)
        return outcome

    def see(self, what: str) -> Seen:
        """Ask one closed question.

        Raises `NotReady` for a word outside `SEES`, `Stopped` when an earlier action is taken back.
        """
        if what not in SEES:
            raise NotReady(unknown_word("see", what, SEES))
        if what in self._told:
            self._say_again(_(LOOKS[what].question), self._told[what])
            return self._told[what]
        turn = Turn(
            what, lambda: self._have_seen(what), lambda before: self._correct_look(what, before)
        )
        seen = self._turns.take(turn)
        assert isinstance(seen, Seen)
        if what == "identity":
            self._told[what] = seen
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
        self._told: dict[str, Seen] = {}
        self._heard = self._writer.last_seq
        self._login_from = self._heard
        self._last = ""
        self._ciba = False

    def _remember(self, name: str, outcome: Outcome) -> None:
        """What was declared with an action is not asked again by the look that follows it."""
        self._last = name
        self._told = {}
        offer = outcome.values.get("offer")
        if isinstance(offer, Mapping):
            shown, found = bool(offer["shown"]), list(offer["recipients"])
            self._told["notify-offer"] = Seen("notify-offer", shown)
            self._told["recipients"] = Seen("recipients", bool(found), ", ".join(found))

    def _say_again(self, question: str, seen: Seen) -> None:
        said = _("{question} (already said: {answer})")
        self._person.tell(said.format(question=question, answer=_answer(seen)))

    def _have_done(self, name: str, arguments: Mapping[str, Any]) -> Outcome | None:
        """The action, then the values that go with it; None to go back."""
        while True:
            said = self._action(name, arguments)
            if said.word == BACK:
                return None
            if said.word in FAILURES:
                return _failed(said)
            if name == "connected_identity":
                return _connected(said)
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
            overheard=self._overheard(name),
            since=since,
            about=name,
        )
        said = self._put(asked)
        if name == "start_psc_login":
            self._login_from = self._heard
            self._ciba = said.crossed is not None and said.crossed.data["route"] == "ciba"
        return said

    def _have_seen(self, what: str) -> Seen | None:
        said = self._question(**_look(what), about=f"see.{what}", back=len(self._turns) > 0)
        if said.word == BACK:
            return None
        return _seen(what, said, self._options.picture())

    def _correct_action(
        self, name: str, arguments: Mapping[str, Any], before: Outcome
    ) -> Outcome | None:
        amendable = before.name == "done" and has_values(name)
        choices = [Choice(_KEEP, _("keep “{what}”").format(what=_outcome(before)))]
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
            return _failed(said)
        if said.word == _KEEP:
            return before
        if name == "connected_identity":
            return _connected(said)
        found = values_of(name, arguments, self._question)
        return before if found is None else Outcome("done", found)

    def _correct_look(self, what: str, before: Seen) -> Seen | None:
        asked = _look(what)
        keep = Choice(_KEEP, _("keep “{what}”").format(what=_answer(before)))
        asked["choices"] = (keep, *asked["choices"])
        asked["enter"] = True
        said = self._question(**asked, about=f"see.{what}")
        if said.word == BACK:
            return None
        return before if said.word == _KEEP else _seen(what, said, None)

    def _question(self, **asked: Any) -> Said:
        """A question about what stands on the screen."""
        about = str(asked.get("about", ""))
        settings = {"back": True, "overheard": self._overheard(about), "since": self._heard}
        return self._put(Asked(**{**settings, **asked}))

    def _put(self, asked: Asked) -> Said:
        said = self._person.ask(asked)
        self._heard = said.crossed.seq if said.crossed else self._writer.last_seq
        if said.word == MISTAKE:
            told = _("{action}: the operator made a mistake, run the scenario again")
            raise NotReady(told.format(action=asked.about))
        return said

    def _overheard(self, name: str) -> Callable[[Event], str | None]:
        """Notices what belongs to another action than the one asked, or the one just done."""
        mine = {name.partition(".")[0], self._last}

        def remark(event: Event) -> str | None:
            signal = next((s for s in SIGNALS if s.seen_in(event)), None)
            if signal is None:
                return None
            if signal is TOKENS and name == "finish_psc_login" and self._struck:
                return _("Seen: the tokens. Has your product taken them? Enter, or fail.")
            if signal.actions & mine or self._still_signing_in(signal is TOKENS):
                return None
            values = {"asked": name, "seen": signal.word, "event": event.ref}
            note = {"what": "operator.order", "values": values}
            self._writer.record("bench.note", note, source="bench", tenant=self._options.tenant)
            said = _(
                "Out of order: {what} has just been seen, and the bench is not there yet. Do it "
                "again when the bench asks for it; if that is impossible then, fail and 5."
            )
            return said.format(what=_(signal.told))

        return remark

    @property
    def _struck(self) -> bool:
        """Whether a fault is armed: the wire does not tell then what the product made of it."""
        return any(event.kind == "fault.armed" for event in self._writer.recent())

    def _still_signing_in(self, tokens: bool) -> bool:
        """Tokens may come while a look is asked between the start and the end of a login."""
        return tokens and self._last == "start_psc_login"


def _connected(said: Said) -> Outcome:
    return Outcome("done", {"connected": said.word == TEXT, "name": said.note})


def _failed(said: Said) -> Outcome:
    """The outcome of a failure, with the product's words where they belong."""
    name: OutcomeName = said.word  # type: ignore[assignment]  # one of FAILURES
    if name == "refused":
        return Outcome(name, shown=said.note)
    return Outcome(name, reason=said.note or _("said by the operator"))


def _outcome(outcome: Outcome) -> str:
    """An outcome in one word or with the product's own."""
    if outcome.name == "done":
        return _("it was done")
    return outcome.shown or _(HOW_IT_FAILED[outcome.name])


def _answer(seen: Seen) -> str:
    """What was answered to a look, as the person said it."""
    if not seen.present:
        return _("no")
    return _("yes") if LOOKS[seen.what].kind == "yes" else seen.text


def _look(what: str) -> dict[str, Any]:
    """How a look is asked."""
    look = LOOKS[what]
    if look.kind == "yes":
        choices = (Choice(YES, _("yes")), Choice(NO, _("no")))
        return {"todo": _(look.question), "choices": choices, "enter": False}
    asked: dict[str, Any] = {"todo": _(look.question), "text": True, "enter": False}
    if look.kind == "digits":
        asked["accepts"] = _two_digits
    return {**asked, "choices": (Choice(NO, _("it shows none")),)}


def _seen(what: str, said: Said, picture: bytes | None) -> Seen:
    text = said.note if said.word == TEXT else LOOKS[what].read if said.word == YES else ""
    if LOOKS[what].kind == "digits":
        text = text.replace(" ", "")
    return Seen(what, present=said.word != NO, text=text, screenshot=picture)


def _two_digits(line: str) -> str | None:
    if _DIGITS.fullmatch(line.replace(" ", "")):
        return None
    return _("Two digits are expected, such as 42.")
