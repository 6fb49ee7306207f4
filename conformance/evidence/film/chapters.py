"""Where the steps are in a film: MP4 chapters and WebVTT, from the same marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from conformance.locale import _


@dataclass(frozen=True, slots=True)
class Mark:
    """A step and the moment it begins, in seconds from the first frame."""

    at: float
    n: int
    title: str

    @property
    def caption(self) -> str:
        """As chapters and subtitles name it."""
        return f"{_('step {n}').format(n=self.n)} – {self.title}"


def spans(marks: Sequence[Mark], duration: float) -> list[tuple[Mark, float, float]]:
    """Each mark with its begin and end: until the next one, the last until the film ends.

    Begins are kept inside the film and in order; a span is never shorter than a millisecond.
    """
    begins = [min(max(mark.at, 0.0), max(duration - 0.001, 0.0)) for mark in marks]
    ends = [*begins, duration][1:]
    return [
        (mark, begin, max(end, begin + 0.001))
        for mark, begin, end in zip(marks, begins, ends, strict=True)
    ]


def ffmetadata(marks: Sequence[Mark], duration: float) -> str:
    """The chapters as ffmpeg reads them."""
    lines = [";FFMETADATA1"]
    for mark, begin, end in spans(marks, duration):
        lines += ["[CHAPTER]", "TIMEBASE=1/1000"]
        lines += [f"START={round(begin * 1000)}", f"END={round(end * 1000)}"]
        lines += [f"title={_metadata_escaped(mark.caption)}"]
    return "\n".join(lines) + "\n"


def webvtt(marks: Sequence[Mark], duration: float) -> str:
    """The captions as browsers read them, one cue a step."""
    cues = [
        f"{mark.n}\n{_timestamp(begin)} --> {_timestamp(end)}\n{escape(mark.caption, quote=False)}"
        for mark, begin, end in spans(marks, duration)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _timestamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _metadata_escaped(text: str) -> str:
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "=;#\\" else c for c in line)
