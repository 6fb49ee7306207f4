"""How a person who acts on a product by hand is asked, and what films their display."""

import sys
from pathlib import Path

from conformance.catalogue import Scenario
from conformance.drivers.person.asking import Opening, Person, Place
from conformance.drivers.person.terminal import person_at
from conformance.evidence.screen.own_display import OwnStudio
from conformance.evidence.screen.studio import NoStudio
from conformance.journal import JournalWriter
from conformance.locale import _
from conformance.plan import Plan

WITH_A_PERSON = 600.0
"""Seconds that the bench's robots wait for what somebody does by hand."""


class Dialogue:
    """Asked for when a story first needs a person. `film` is whether the run makes films."""

    def __init__(
        self, plan: Plan, writer: JournalWriter, folder: Path, *, film: bool, lang: str
    ) -> None:
        self._plan = plan
        self._writer = writer
        self._folder = folder
        self._film = film
        self._lang = lang
        self._person: Person | None = None
        self._studio: OwnStudio | None = None
        self._warned = False
        self._told: set[str] = set()
        self._story: Scenario | None = None
        self._beside: Scenario | None = None

    def person(self) -> Person:
        """Who is asked. Raises `NotReady` when standard input is neither terminal nor pipe."""
        if self._person is None:
            self._person = person_at(self._writer, sys.stdin, sys.stderr)
        return self._person

    @property
    def studio(self) -> OwnStudio | NoStudio:
        """What films the person's own display."""
        if not self._film:
            return NoStudio()
        if self._studio is None:
            self._studio = OwnStudio(self._folder, self._plan, self._writer)
        return self._studio

    def picture(self) -> bytes | None:
        """The person's display now, as PNG, while it is filmed."""
        return self._studio.picture() if self._studio is not None else None

    def begin(self, story: Scenario, name: str, address: str) -> None:
        """Say which story begins, where the product is, and once if nothing films it."""
        self._story = story
        product = f"{self._plan.product.name} {self._plan.product.version}"
        where = ", ".join(filter(None, (product, address)))
        before = [_("Product: {where}").format(where=where)]
        before += [text.said(self._lang) for text in story.prerequisites]
        self._open(story, name, before)

    def tell_once(self, sentence: str) -> None:
        """Say something that a person needs to hear once a run; it goes to the terminal only."""
        if sentence and sentence not in self._told:
            self._told.add(sentence)
            self.person().tell(sentence)

    def accompany(self, story: Scenario, name: str) -> None:
        """Say which story begins to a person who only signs in in it: the bench does the rest."""
        self._beside = story
        self._open(story, name, [])

    def _open(self, story: Scenario, name: str, before: list[str]) -> None:
        studio = self.studio
        if isinstance(studio, OwnStudio) and studio.why_not and not self._warned:
            self._warned = True
            said = _("{why}; one made elsewhere can be added later: banc film add")
            before.append(said.format(why=studio.why_not))
        self.person().begin(Opening(name, story.title.said(self._lang), tuple(before)))

    def enter(self, n: int) -> None:
        """Say which step begins, while a person acts or follows."""
        story = self._story or self._beside
        if story is not None:
            step = story.step(n)
            title, expected = step.title.said(self._lang), step.expected.said(self._lang)
            self.person().enter(Place(n, len(story.steps), title, expected))

    @property
    def telling(self) -> bool:
        """Whether a person acts now: they, not the bench, set the pace."""
        return self._story is not None

    def end(self) -> None:
        """The story is over."""
        self._story = self._beside = None
