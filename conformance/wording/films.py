"""The words for what dates the start of a film made elsewhere."""

from typing import Literal

from conformance.locale import _

By = Literal["said", "mark", "metadata", "metadata-end", "name"]
"""`metadata-end`: the camera dates its file by the end of the take."""


def start_word(by: str) -> str:
    """Who says when the film began; a word that is none of `By` is shown as it is."""
    return {
        "said": _("by --starts-at"),
        "mark": _("by the mark filmed"),
        "metadata": _("by the date in the file"),
        "metadata-end": _("by the date in the file, taken as the end"),
        "name": _("by the name of the file"),
    }.get(by, by)
