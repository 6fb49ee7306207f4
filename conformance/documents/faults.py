"""How a reader says that what it was given cannot be read, or only in part."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: `code` is a stable word for findings, `sentence` is for people."""

    code: str
    sentence: str


class Unreadable(Exception):
    """Nothing of use could be read. `code` is a stable word, the message one sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code

    @property
    def fault(self) -> Fault:
        """The same as a value."""
        return Fault(self.code, str(self))
