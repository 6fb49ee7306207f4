"""Which services a rule needs to see on their wire, and whether a stage lets the bench see them.

Derived from what the rule declares that it reads, so that a new rule needs no list. What happens on
the wire of an external service is not seen by the bench: a rule without any other witness is not
asked there, and the screen and the person alone bear witness.
"""

from collections.abc import Collection

from conformance.checks.registry import Rule
from conformance.journal.services import WIRE, service_of_fault

_SCREEN = "ui.seen"
_OF_THE_PRODUCT = "http.exchange:product"
"""Seen by the person's browser, whoever plays the services."""


def services_of(rule: Rule) -> frozenset[str]:
    """The services on whose wire `rule` looks.

    A rule about a fault looks at the service that misbehaves; what it watches elsewhere
    afterwards is more, not all.
    """
    if isinstance(rule.when, tuple):
        return frozenset(map(service_of_fault, rule.when))
    wires = (word.partition(":")[0] for word in rule.reads if word != _OF_THE_PRODUCT)
    return frozenset(WIRE[kind] for kind in wires if kind in WIRE)


def out_of_reach(rule: Rule, external: Collection[str]) -> bool:
    """Whether only a wire that the bench does not see could tell: such a rule is not asked."""
    return _SCREEN not in rule.reads and bool(services_of(rule) & frozenset(external))
