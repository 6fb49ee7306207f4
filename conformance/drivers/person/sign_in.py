"""How a person is asked to sign in at an external Pro Santé Connect."""

from collections.abc import Mapping
from typing import Any, Protocol

SIGN_IN_WITHIN = 300.0
"""Seconds that a person is given to sign in there, unless `[actions.finish_psc_login]` says."""


class Guide(Protocol):
    """Tells the person in front of the bench what to do there."""

    def sign_in(self, arguments: Mapping[str, Any]) -> None:
        """Tell them to sign in, in the bench's own browser, with the arguments of the action."""
        ...

    def visit(self, url: str, arguments: Mapping[str, Any]) -> None:
        """Have them open `url` in a browser of theirs. Raises as `returned`."""
        ...

    def returned(self, arguments: Mapping[str, Any]) -> bool:
        """Have them sign in there; false when the product's page did not come back.

        Raises `NotReady` when the platform does not answer them.
        """
        ...
