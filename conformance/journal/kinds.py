"""The closed table of event kinds: one frozen dataclass each, from which the schemas are made.

Mocks and drivers hand over plain data of these shapes; tests and `verify --deep` check them.
Times called `began` and `ended` are nanoseconds on the clock of the run (`mono`).
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """`run.started`: what was going to be run, with what; the hashes let an auditor compare.

    `like` names the deposited bundle whose plan was taken ({manifest: SHA-256 or null, run_id}).
    """

    schema_version: int
    run_id: str
    bench: Table
    catalogue: Table
    rules: dict[str, str]
    product: Table
    plan: Table
    stage: Table
    expected: list[Table]
    environment: Table
    lang: str = "fr"
    like: Table | None = None


@dataclass(frozen=True, slots=True)
class TenantOpened:
    """`tenant.opened`: the isolated world of a scenario; lifetimes and interval in seconds.

    `stage` says who plays each service (`mock`, `external`); of an external service only what
    `banc.toml` says is known.
    """

    name: str
    issuer: str
    discovery: str
    hosts: dict[str, str]
    ports: dict[str, int]
    clients: list[Table]
    people: list[Table]
    patients: list[Table]
    mailboxes: list[Table]
    domain: str
    patient_domain: str
    trust_list: list[str]
    lifetimes: dict[str, Any]
    interval: int
    profile: str
    stage: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScenarioStarted:
    """`scenario.started`; `steps` is the number of official steps, `fault` the one armed."""

    id: str
    attempt: int
    mode: str
    face: str
    driver: str
    steps: int
    fault: str | None = None
    twin: str | None = None
    means: str | None = None
    variant: str | None = None
    packs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ScenarioFinished:
    """`scenario.finished`; `ended`: completed, stopped, not_ready, error or interrupted."""

    id: str
    attempt: int
    ended: Literal["completed", "stopped", "not_ready", "not_tested", "error", "interrupted"]
    reason: str | None = None
    stopped_at: int | None = None
    party: Literal["system", "setup", "bench"] | None = None


@dataclass(frozen=True, slots=True)
class StepStarted:
    """`step.started`: the official number and its title in the language of the run."""

    n: int
    title: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """`step.finished`; `completed` is false when the story left the step by an error."""

    n: int
    completed: bool


@dataclass(frozen=True, slots=True)
class ActionStarted:
    """`action.started`: one action of the closed vocabulary, asked of one face."""

    n: int
    name: str
    face: str
    arguments: Table


@dataclass(frozen=True, slots=True)
class ActionFinished:
    """`action.finished`: exactly one outcome an action.

    `amends` is the `part:seq` of the event that an operator corrected by this one.
    """

    n: int
    name: str
    face: str
    outcome: Literal["done", "refused", "unsupported", "unclear", "broken"]
    values: Table
    shown: str | None = None
    reason: str | None = None
    began: int = 0
    ended: int = 0
    amends: str | None = None


@dataclass(frozen=True, slots=True)
class UiSeen:
    """`ui.seen`: what stood on the screen. `ready` is false when nothing says how to look.

    `amends` is the `part:seq` of the event that an operator corrected by this one.
    """

    what: str
    present: bool
    text: str
    values: Table
    url: str | None
    box: list[float] | None = None
    ready: bool = True
    amends: str | None = None


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """`http.exchange`: a request and its answer; `route` is null for an unknown path.

    `url` has no query; `query` holds it. `request` is {headers, form?, json?, body?}, `response`
    {status, headers, form?, json?, redirect?: {url, query}}; header names are lower case.
    """

    route: str | None
    method: str
    url: str
    query: Table
    request: Table
    response: Table
    began: int
    ended: int
    cut: bool = False
    refused_for: str | None = None
    facts: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TlsHandshake:
    """`tls.handshake`: agreed or not, what was offered, by which variant of the server."""

    ok: bool
    version: str | None
    suite: str | None
    sni: str | None
    client_certificate: str | None
    server_variant: str
    alert: str | None = None
    offered_versions: list[str] = field(default_factory=list)
    offered_suites: list[str] = field(default_factory=list)
    peer: str | None = None


@dataclass(frozen=True, slots=True)
class MailCommand:
    """`smtp.command`, `imap.command`: one line of a client and the reply to it.

    `n` counts from 1 within `connection`; `verb` is upper case; for AUTH, `auth` is {mechanism,
    user, token}; `refused_for` is the mock's reason when it said no.
    """

    connection: str
    n: int
    tls: bool
    verb: str
    line: str
    reply: str
    auth: Table | None = None
    refused_for: str | None = None


@dataclass(frozen=True, slots=True)
class MailAccepted:
    """`mail.accepted`: a message taken, as it came (blob); `size` in octets.

    `envelope` is {from, ret?, envid?, to: [{address, notify?, orcpt?}]}.
    """

    connection: str
    via: str
    mailbox: str | None
    envelope: Table
    size: int
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """`dns.query`, `directory.query`, `crl.fetched`: a question and its answer."""

    question: Table
    answer: Table


@dataclass(frozen=True, slots=True)
class FaultArmed:
    """`fault.armed`: a named misbehaviour was prepared; this is no evidence of anything."""

    name: str
    value: Any = None
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class FaultFired:
    """`fault.fired`: it struck. `taints` lists the secrets that must now be refused."""

    name: str
    value: Any
    occurrence: int
    expected: Literal["refuse", "accept", "recover"]
    route: str | None = None
    taints: list[Table] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ValidatorReport:
    """`validator.report`: what an outside tool said of a blob."""

    tool: str
    version: str
    rules_sha256: str
    subject: str
    rules_fired: int
    failures: list[Table]


@dataclass(frozen=True, slots=True)
class Screenshot:
    """`screenshot`: a picture (blob) and why it was taken."""

    reason: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class FilmStarted:
    """`film.started`; `epoch` is the wall clock of frame 0, `zero` the same moment in `mono`."""

    file: str
    backend: str
    width: int
    height: int
    rate: int
    epoch: float
    zero: int


@dataclass(frozen=True, slots=True)
class FilmFinished:
    """`film.finished`: what the checks of the file found (seconds, shares from 0 to 1).

    `aligned_by` says how a film made elsewhere was laid on the run (`mark`, `metadata`…).
    """

    file: str
    ok: bool
    duration: float
    expected_duration: float
    width: int
    height: int
    black_share: float
    problems: list[str]
    chapters: int = 0
    made_elsewhere: bool = False
    limits: list[str] = field(default_factory=list)
    aligned_by: str = ""


@dataclass(frozen=True, slots=True)
class OperatorSaid:
    """`operator.said`: what a person declared; `about` is the action or the look in question."""

    step: int | None
    choice: str
    note: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class SystemLog:
    """`system.log`: a line or a tail of the product's own log (blob when long)."""

    face: str
    text: str


@dataclass(frozen=True, slots=True)
class SystemDied:
    """`system.died`: the product's process ended by itself; `tail` is the end of its log."""

    face: str
    code: int | None
    tail: str


@dataclass(frozen=True, slots=True)
class FileGiven:
    """`file.given`: a file laid before the judge by hand (blob)."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class BenchNote:
    """`bench.note`: something about the run itself (recovered, a phone answer, a deadline)."""

    what: str
    values: Table = field(default_factory=dict)


KINDS: dict[str, type] = {
    "run.started": RunStarted,
    "tenant.opened": TenantOpened,
    "scenario.started": ScenarioStarted,
    "scenario.finished": ScenarioFinished,
    "step.started": StepStarted,
    "step.finished": StepFinished,
    "action.started": ActionStarted,
    "action.finished": ActionFinished,
    "ui.seen": UiSeen,
    "http.exchange": HttpExchange,
    "tls.handshake": TlsHandshake,
    "smtp.command": MailCommand,
    "imap.command": MailCommand,
    "mail.accepted": MailAccepted,
    "dns.query": Lookup,
    "directory.query": Lookup,
    "crl.fetched": Lookup,
    "fault.armed": FaultArmed,
    "fault.fired": FaultFired,
    "validator.report": ValidatorReport,
    "screenshot": Screenshot,
    "film.started": FilmStarted,
    "film.finished": FilmFinished,
    "operator.said": OperatorSaid,
    "system.log": SystemLog,
    "system.died": SystemDied,
    "file.given": FileGiven,
    "bench.note": BenchNote,
}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON schema of `data` for `kind`. Raises `KeyError` for an unknown kind."""
    adapter: TypeAdapter[object] = TypeAdapter(KINDS[kind])
    return adapter.json_schema()
