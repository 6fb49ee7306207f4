"""Requirements, scenarios and proofs as data, with their loader."""

from conformance.catalogue.choosing import catalogue_for, catalogue_in, catalogue_note
from conformance.catalogue.loader import Catalogue, load_catalogue
from conformance.catalogue.model import Piece, Proof, Requirement, Scenario, Step, Text
from conformance.catalogue.source import CatalogueError

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Piece",
    "Proof",
    "Requirement",
    "Scenario",
    "Step",
    "Text",
    "catalogue_for",
    "catalogue_in",
    "catalogue_note",
    "load_catalogue",
]
