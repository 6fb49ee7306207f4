"""The words of `bench.note`: what the bench says of itself, and what readers make of it."""

from collections.abc import Iterable, Mapping
from typing import Literal

from conformance.journal.events import Event

SLICE_JUDGED = "slice.judged"
"""What a worker's judgement of one scenario said, as a digest."""
OPERATOR_ORDER = "operator.order"
"""Something crossed the wire at another moment than the one the operator was asked about."""
PSC_ASKED = "psc.asked"
"""A story waited for a request to sign in, and this one came."""
PHONE_ANSWER = "phone.answer"
"""What the phone compared before it answered a request."""
DROPPED = "film.dropped"
"""The film was made, and not kept since its scenario failed nowhere."""
OVER_CEILING = "film.over-ceiling"
"""The film was not made, the results having reached their ceiling."""
WhyNoFilm = Literal["film-not-kept", "film-over-ceiling"]
NO_FILM: Mapping[str, WhyNoFilm] = {DROPPED: "film-not-kept", OVER_CEILING: "film-over-ceiling"}
"""What these notes make of the proofs that needed the film."""


def why_no_film(told: Iterable[Event]) -> WhyNoFilm | None:
    """Why a scenario that was to be filmed left none, when the run itself says so."""
    for event in told:
        what = event.data.get("what") if event.kind == "bench.note" else None
        if isinstance(what, str) and what in NO_FILM:
            return NO_FILM[what]
    return None
