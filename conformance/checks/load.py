"""Loads every module of rules: a rule exists because its module stands in this list."""

from conformance.checks import (
    archive_rules,
    document_version,
    lifecycle,
    mss_documents,
    mss_message,
    mss_wire,
    psc_ciba,
    psc_negative,
    psc_request,
    psc_session,
    psc_tokens,
    screen,
)
from conformance.checks.registry import RULES, Rule

MODULES = (
    archive_rules,
    document_version,
    lifecycle,
    mss_documents,
    mss_message,
    mss_wire,
    psc_ciba,
    psc_negative,
    psc_request,
    psc_session,
    psc_tokens,
    screen,
)


def load_rules() -> dict[str, Rule]:
    """Every rule by id; the engine's own are there too once their module is imported."""
    return RULES
