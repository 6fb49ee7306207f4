"""What the system refused, in the reader's language: its own words are English or the machine's."""

import errno

from conformance.locale import N_, _

_REASONS = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.ENOTDIR: N_("a part of that path is no folder"),
    errno.EEXIST: N_("a file of that name is in the way"),
    errno.EISDIR: N_("a folder, not a file"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.EROFS: N_("nothing can be written on that disk"),
    errno.ENOSPC: N_("no space left on the disk"),
    errno.EDQUOT: N_("no space left on the disk"),
    errno.EFBIG: N_("the file has reached its greatest size"),
    errno.ELOOP: N_("links that lead nowhere"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ECONNREFUSED: N_("nobody listens there"),
    errno.ECONNRESET: N_("the connection was dropped"),
    errno.EADDRINUSE: N_("the port is already in use"),
}


def reason_of(error: OSError) -> str:
    """Why, in a few words that may stand in brackets."""
    reason = _REASONS.get(error.errno or 0)
    return _(reason) if reason else error.strerror or type(error).__name__


def sentence_of(error: OSError) -> str:
    """The place, when the system named one, and why."""
    reason = reason_of(error)
    return f"{error.filename}: {reason}" if error.filename else reason
