"""Readers of what travels: mail, archives, CDA, PDF. They judge nothing and trust nothing."""

from conformance.documents.faults import Fault, Unreadable

__all__ = ["Fault", "Unreadable"]
