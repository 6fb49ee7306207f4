"""Which forms of file serve each kind of proof [CATALOGUE-W1 kinds of proof].

The deposit's own list is not public.
"""

from collections.abc import Iterable, Sequence

from conformance.dossier.lint.sniffing import Form
from conformance.locale import _

_ANY: frozenset[Form] = frozenset(
    {"pdf", "image", "text", "csv", "xml", "html", "office", "zip", "video", "cda", "xdm", "mail"}
)
SERVES: dict[str, frozenset[Form]] = {
    "video": frozenset({"video"}),
    "screenshot": frozenset({"image"}),
    "smtp_source": frozenset({"mail"}),
    "pdfa1": frozenset({"pdf"}),
    "document": frozenset({"cda", "pdf"}),
    "xdm_archive": frozenset({"xdm"}),
    "gazelle_link": frozenset({"link", "text", "html", "pdf"}),
    "tool_run_id": frozenset({"integer", "text", "link"}),
    "certificate": frozenset({"pdf", "image"}),
    "config_extract": frozenset({"text", "csv", "xml", "html", "pdf", "image"}),
    "code_extract": frozenset({"text", "csv", "xml", "html", "pdf", "image"}),
    "log": frozenset({"text", "csv", "xml", "mail"}),
    "csv": frozenset({"csv", "text"}),
    "documentation": frozenset({"pdf", "office", "html", "text"}),
    "written_commitment": frozenset({"pdf", "image"}),
    "signed_form": frozenset({"pdf"}),
    "other": _ANY,
}


def serves(form: Form, kinds: Iterable[str]) -> bool:
    """Whether a file of this form can be a proof of one of these kinds."""
    return any(form in SERVES.get(kind, _ANY) for kind in kinds)


def form_word(form: Form) -> str:
    """A form of file, as people say it."""
    return {
        "video": _("a film"),
        "image": _("a picture"),
        "audio": _("a sound recording"),
        "pdf": _("a PDF"),
        "zip": _("a zip archive"),
        "xdm": _("an XDM archive"),
        "office": _("an Office document"),
        "ole": _("an Outlook message or an old Office document"),
        "mail": _("the source of a mail"),
        "cda": _("a CDA document"),
        "xml": _("an XML document"),
        "html": _("a web page"),
        "link": _("a link"),
        "integer": _("a number"),
        "csv": _("a CSV table"),
        "text": _("a text"),
        "binary": _("octets of no known form"),
        "empty": _("an empty file"),
    }[form]


def forms_word(kinds: Sequence[str]) -> str:
    """The forms that serve these kinds."""
    forms = dict.fromkeys(form for kind in kinds for form in sorted(SERVES.get(kind, _ANY)))
    return _(" or ").join(form_word(form) for form in forms)
