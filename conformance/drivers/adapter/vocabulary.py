"""The typed side of the vocabulary: the arguments and results of each action, as models.

What `actions.py` says in words stands here in types; the OpenAPI file of the adapter is made from
it, and every answer of an adapter is checked against it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Means = Literal["cps", "ecps"]
NationalId = Annotated[
    str, Field(description="national identifier of the professional, 8 + RPPS", min_length=1)
]
Ins = Annotated[str, Field(description="INS number, 15 characters", min_length=1)]
Addresses = Annotated[list[str], Field(description="MSSanté addresses")]
DocumentId = Annotated[str, Field(description="the product's own id of a document", min_length=1)]


class Exact(BaseModel):
    """Nothing but the named fields, and no value turned into another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Exact):
    """No argument, or no value."""


class ShowTerms(Exact):
    """In which form the terms of use are shown."""

    form: Literal["page", "document", "contract"]


class Login(Exact):
    """Who signs in, and with what."""

    means: Means
    national_id: NationalId


class FinishLogin(Exact):
    """Who signs in, and with what."""

    national_id: NationalId
    means: Means = "ecps"


class ChoosePractice(Exact):
    """0-based position in the choice of practices."""

    index: int = Field(ge=0)


class Idle(Exact):
    """How long the person does nothing, in seconds."""

    seconds: float = Field(ge=0)


class OpenPatient(Exact):
    """Whose file."""

    ins: Ins


class CreateDocument(Exact):
    """A report to write."""

    ins: Ins
    title: str
    text: str


class SendDocument(Exact):
    """A document to send by MSSanté; `patient`: also to the patient's own mailbox."""

    document_id: DocumentId
    to: Addresses
    cc: Addresses = []
    patient: bool = False


class ReplaceDocument(Exact):
    """A new version of a document."""

    document_id: DocumentId
    text: str


class DeleteDocument(Exact):
    """The document to delete."""

    document_id: DocumentId


class AnswerOffer(Exact):
    """What the person answers to the offer to write to the recipients."""

    answer: Literal["accept", "decline"]


class WriteMessage(Exact):
    """A message without document."""

    to: Addresses
    subject: str
    text: str


class Reply(Exact):
    """An answer to a message."""

    message_id: str
    text: str


class OneMessage(Exact):
    """A message, by its Message-ID."""

    message_id: str


class SearchDirectory(Exact):
    """Criteria by name."""

    query: dict[str, str]


class ConfigureMailbox(Exact):
    """The mailbox to set up."""

    address: str


class Told(BaseModel):
    """Values of the named types; others may stand beside them."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class Started(Told):
    """Where the user's browser is sent (code flow), or the two digits shown (CIBA)."""

    open: str | None = Field(default=None, description="URL, code flow")
    digits: str | None = Field(default=None, description="two digits, CIBA", pattern=r"^\d{2}$")


class Identity(Told):
    """Who is connected."""

    connected: bool
    national_id: str | None = None
    name: str | None = None


class Created(Told):
    """The new document."""

    document_id: DocumentId


class Sent(Told):
    """Whether the product says that it sent."""

    sent: bool


class Offer(Told):
    """The dialogue that offers to write to the initial recipients."""

    shown: bool
    recipients: list[str] = Field(default_factory=list)


class Offered(Told):
    """What was offered; `document_id` is that of the new version."""

    offer: Offer
    document_id: str | None = None


class Messages(Told):
    """The rows of the inbox."""

    messages: list[dict[str, object]]


class Traces(Told):
    """The product's own log."""

    log: str


class Anything(Told):
    """No value is expected; some may be given."""


ARGUMENTS: dict[str, type[BaseModel]] = {
    "show_terms": ShowTerms,
    "scroll_to_psc_terms": Nothing,
    "close_terms": Nothing,
    "go_to_login": Nothing,
    "start_psc_login": Login,
    "finish_psc_login": FinishLogin,
    "connected_identity": Nothing,
    "choose_practice": ChoosePractice,
    "go_to_logout": Nothing,
    "logout": Nothing,
    "idle": Idle,
    "open_patient": OpenPatient,
    "create_document": CreateDocument,
    "send_document": SendDocument,
    "replace_document": ReplaceDocument,
    "delete_document": DeleteDocument,
    "answer_offer": AnswerOffer,
    "write_message": WriteMessage,
    "reply": Reply,
    "inbox": Nothing,
    "open_message": OneMessage,
    "integrate": OneMessage,
    "search_directory": SearchDirectory,
    "configure_mailbox": ConfigureMailbox,
    "export_traces": Nothing,
    "restart": Nothing,
}
"""The arguments of each action."""

_VALUES: dict[str, type[BaseModel]] = {
    "start_psc_login": Started,
    "connected_identity": Identity,
    "create_document": Created,
    "send_document": Sent,
    "replace_document": Offered,
    "delete_document": Offered,
    "write_message": Sent,
    "inbox": Messages,
    "export_traces": Traces,
}

VALUES: dict[str, type[BaseModel]] = {name: _VALUES.get(name, Anything) for name in ARGUMENTS}
"""The values of `done` of each action; more may be given than is named."""
