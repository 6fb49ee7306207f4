"""banc.toml: what product, which corridor and wave, what to run."""

from conformance.plan.loading import load_plan, parse_plan
from conformance.plan.model import PLACES, Evidence, Expected, Face, NoFace, Plan, Product, Stage
from conformance.plan.packs import PACKS, TOUR

__all__ = [
    "PACKS",
    "PLACES",
    "TOUR",
    "Evidence",
    "Expected",
    "Face",
    "NoFace",
    "Plan",
    "Product",
    "Stage",
    "load_plan",
    "parse_plan",
]
