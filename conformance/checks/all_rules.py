"""Loads every module of rules: a rule exists because its module stands in this list."""

from conformance.checks import scenario
from conformance.checks.documents import archive, notification, versions
from conformance.checks.mssante import attachments, message, submission
from conformance.checks.psc import ciba, refusals, request, screen, session, tokens
from conformance.checks.registry import RULES, Rule

MODULES = (
    archive,
    notification,
    versions,
    attachments,
    message,
    submission,
    ciba,
    refusals,
    request,
    screen,
    session,
    tokens,
    scenario,
)


def all_rules() -> dict[str, Rule]:
    """Every rule of the bench by id, those of the engine included, in the order of their ids."""
    return dict(sorted(RULES.items()))
