"""The steps of an official scenario, out of its text, when the text numbers them."""

import re

from conformance.catalogue.official.words import folded, plain

_NUMBERED = re.compile(r"^\s*(?:[ée]tape\s*)?(\d{1,3})\s*(?:[.)/:°]|[-–—]\s)\s*(?=\S)(.*)$", re.I)
_HEADING = re.compile(r"^\s*[ée]tapes?\s*(?:du sc[ée]nario\s*)?:?\s*$", re.I)


def steps_of(text: str) -> tuple[str, ...]:
    """The text of each step, numbered 1, 2, 3… in the scenario; empty when they are not so.

    What stands before the first step (prerequisites) is left out; a line that is not numbered
    goes on with the step above it.
    """
    lines = plain(text).split("\n")
    heading = next((n for n, line in enumerate(lines) if _HEADING.match(line)), -1)
    found: list[list[str]] = []
    for line in lines[heading + 1 :]:
        numbered = _NUMBERED.match(line)
        if numbered and int(numbered[1]) == len(found) + 1:
            found.append([numbered[2].strip()])
        elif numbered and not found:
            return ()
        elif found and line.strip():
            found[-1].append(line.strip())
    if len(found) < 2 or not all(step[0] for step in found):
        return ()
    return tuple("\n".join(step) for step in found)


def title_of(text: str) -> str:
    """The line that stands before prerequisites and steps; empty when the text begins with them."""
    first = next((line for line in plain(text).split("\n") if line.strip()), "")
    begun = folded(first).startswith(("prerequis", "pre requis", "etape")) or _NUMBERED.match(first)
    return "" if begun else first.strip()
