"""What can go wrong, as one tree: each fault carries the exit code of a command that ends with it.

Every exception outside this tree is a defect of the bench (exit code 3).
"""


class SetUpFault(Exception):
    """The user's to mend: one sentence that names the place, the value and what was expected."""

    exit_code = 2


class NotReady(SetUpFault):
    """The set-up, not the product, prevents the story: says which file, key or address."""


class BeyondReach(NotReady):
    """The story needs the mock of a service that is external: it is not tested here."""


class PlanError(SetUpFault):
    """`banc.toml` cannot be used: one sentence for each mistake, with file, line and key."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class CatalogueFault(SetUpFault):
    """A workbook, an imported catalogue, or the one kept in a bundle cannot be used.

    One sentence that names the place, the value and what was expected; the user's to mend.
    """


class BundleFault(SetUpFault):
    """A bundle, or a file of it, cannot be read as such; one sentence that names the place."""


class AlteredBundle(BundleFault):
    """A bundle, or what stands beside it, is not as it was sealed: nothing is built on it."""

    exit_code = 1
