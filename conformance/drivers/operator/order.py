"""Tells a person when what crossed the wire belongs to another moment than the one asked."""

from dataclasses import dataclass

from conformance.drivers.operator.signals import SIGNALS, TOKENS, struck
from conformance.journal import Event, JournalWriter
from conformance.journal.notes import OPERATOR_ORDER
from conformance.locale import _


@dataclass(frozen=True, slots=True)
class Order:
    """The place of a question: `asked` names it, `last` is the action that was done before it."""

    writer: JournalWriter
    tenant: str
    asked: str
    last: str

    def remark(self, event: Event) -> str | None:
        """What is said about an event that crosses, once it is noted; None for nothing."""
        signal = next((s for s in SIGNALS if s.seen_in(event)), None)
        if signal is None:
            return None
        tokens = signal is TOKENS
        if tokens and self.asked == "finish_psc_login" and struck(self.writer.recent()):
            return _("Seen: the tokens. Has your product taken them? Enter, or fail.")
        if signal.actions & {self.asked.partition(".")[0], self.last}:
            return None
        values = {"asked": self.asked, "seen": signal.word, "event": event.ref}
        note = {"what": OPERATOR_ORDER, "values": values}
        self.writer.record("bench.note", note, source="bench", tenant=self.tenant)
        said = _(
            "Out of order: {what} has just been seen, and the bench is not there yet. Do it "
            "again when the bench asks for it; if that is impossible then, fail and 5."
        )
        return said.format(what=_(signal.told))
