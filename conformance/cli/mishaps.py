"""Any exception as one sentence and an exit code: 1 altered, 2 the set-up, 3 the bench."""

import traceback

from conformance.errors import SetUpFault
from conformance.locale import _
from conformance.locale.printable import printable as printable
from conformance.locale.system import sentence_of


def told(error: BaseException) -> tuple[str, int]:
    """What to say of `error`, and the exit code (130: Ctrl-C).

    Of a defect of ours also where it came up.
    """
    if isinstance(error, SetUpFault):
        return str(error), error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return _("interrupted"), 130
    if isinstance(error, OSError):
        return sentence_of(error), 3
    words = " ".join(str(error).split())
    said = _("defect of the bench") + f": {type(error).__name__}: {words} ({_place(error)})"
    return said, 3


def _place(error: BaseException) -> str:
    """File and line of the innermost frame of our own."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame for frame in frames if "conformance" in frame.filename or "mocks" in frame.filename
    ]
    last = (own or list(frames))[-1:]
    return f"{last[0].filename}:{last[0].lineno}" if last else "?"
