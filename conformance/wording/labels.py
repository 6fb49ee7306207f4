"""Labels of a report: parameters, subjects, groups and proofs, in the language of the reader."""

import re

from conformance.locale import _
from conformance.wording.films import start_word

_SUBJECT = re.compile(r"(?P<before>.*?)(?P<stem>[a-z-]+)(?P<number> \d+)?")


def param_word(name: str) -> str:
    """What a parameter of a finding is. A name that nobody gave words to is shown as it is."""
    return {
        "action": _("action of the scenario"),
        "actual": _("found"),
        "before": _("used before by"),
        "charset": _("character set"),
        "error": _("error answered"),
        "expected": _("expected"),
        "extra": _("needless"),
        "face": _("face of the product"),
        "interval": _("interval announced (s)"),
        "least": _("fewest characters"),
        "length": _("number of characters"),
        "mails": _("mails sent"),
        "missing": _("lacking"),
        "outcome": _("outcome"),
        "owed": _("owed"),
        "patients": _("patients"),
        "practices": _("practices"),
        "present": _("present"),
        "requests": _("requests"),
        "sent": _("sent"),
        "shown": _("shown"),
        "step": _("step"),
        "steps": _("official steps"),
        "times": _("times"),
        "told": _("notified"),
        "type": _("media type"),
        "types": _("links found"),
        "verb": _("command"),
        "version": _("version"),
        "wrong": _("wrong"),
    }.get(name, name)


def subject_word(subject: str) -> str:
    """The subject of a finding, `login 2` or `PSC.01.01@ecps login 2`, as people say it."""
    parts = _SUBJECT.fullmatch(subject)
    if parts is None:
        return subject
    return parts["before"] + _stem(parts["stem"]) + (parts["number"] or "")


def _stem(stem: str) -> str:
    return {
        "button": _("button"),
        "check": _("check"),
        "choice": _("choice"),
        "crash": _("crash"),
        "death": _("sudden end"),
        "deletion": _("deletion"),
        "discovery": _("discovery document"),
        "expected": _("expected failure"),
        "identity": _("identity"),
        "idle": _("idle time"),
        "login": _("login"),
        "logout": _("log-out"),
        "mail": _("mail"),
        "mails": _("all mails"),
        "replacement": _("replacement"),
        "requests": _("all requests"),
        "run": _("whole run"),
        "session": _("session"),
        "story": _("story"),
        "system": _("product"),
        "terms": _("terms of use"),
    }.get(stem, stem)


def group_heading(verdict: str, basis: str) -> str:
    """The title of a group of findings."""
    if verdict == "fail":
        return {
            "ans": _("Refusals: ANS grounds for refusal"),
            "standard": _("Refusals: defects with regard to the standard"),
        }.get(basis, _("Refusals: rules of the bench"))
    if verdict == "warning":
        return {
            "ans": _("Warnings: ANS rules"),
            "standard": _("Warnings: standards"),
        }.get(basis, _("Warnings: rules of the bench"))
    return {
        "error": _("Defects of the bench"),
        "not_ready": _("Not ready"),
        "review": _("To review by a person"),
        "known": _("Known failures"),
    }[verdict]


def group_lead(verdict: str, basis: str) -> str:
    """One sentence on what a group means for the reader."""
    if verdict == "fail":
        return {
            "ans": _("A text of the ANS asks for it, and the requirement is binding."),
            "standard": _(
                "A standard asks for it; the ANS does not name it as a ground for refusal."
            ),
        }.get(basis, _("Neither the ANS nor a standard says it in these words."))
    return {
        "error": _("The bench is at fault: not the product, nor the set-up."),
        "not_ready": _("The set-up is at fault: address, certificate, selector, tool."),
        "review": _("The bench cannot conclude by itself; it says why."),
        "warning": _("Source not official, or requirement not binding: no refusal by itself."),
        "known": _("Named in [expected] of banc.toml: shown, not counted."),
    }[verdict]


def lifetimes_word(lifetimes: str) -> str:
    """How long tokens lived."""
    return {
        "official": _("official lifetimes"),
        "short": _("short lifetimes"),
        "by scenario": _("official lifetimes, short ones where a scenario waits for an expiry"),
    }.get(lifetimes, lifetimes)


def driver_word(driver: str) -> str:
    """How the bench acted on the product."""
    return {"browser": _("browser"), "adapter": _("adapter"), "operator": _("operator")}.get(
        driver, driver
    )


def made_elsewhere(by: str) -> str:
    """That a film was made by another program, and what laid it on the run."""
    return _("film made elsewhere, aligned with the run {by}").format(by=start_word(by))


def proof_kind(kinds: str) -> str:
    """What a proof is, for `video` or `document+pdfa1`."""
    return " + ".join(_kind(kind) for kind in kinds.split("+"))


def _kind(kind: str) -> str:
    return {
        "video": _("film"),
        "screenshot": _("screenshot"),
        "smtp_source": _("source of a mail"),
        "pdfa1": _("PDF/A-1"),
        "document": _("CDA document"),
        "xdm_archive": _("XDM archive"),
        "gazelle_link": _("Gazelle link"),
        "tool_run_id": _("number of a run"),
        "certificate": _("certificate"),
        "config_extract": _("extract of a configuration"),
        "code_extract": _("extract of code"),
        "log": _("log"),
        "csv": _("CSV"),
        "documentation": _("documentation"),
        "written_commitment": _("written commitment"),
        "signed_form": _("signed form"),
        "other": _("kind said by the text alone"),
    }.get(kind, kind)


def constraint_word(constraint: str) -> str:
    """What a proof must show beside its contents."""
    return {
        "fullscreen": _("full screen"),
        "browser_fully_visible": _("browser fully visible"),
        "url_visible": _("address visible"),
        "clock_visible": _("date and time visible"),
        "all_windows_visible": _("all windows visible"),
    }.get(constraint, constraint)


def proof_state(state: str, seen_by_eye: bool) -> str:
    """Whether a proof is there; what a person must look at is never more than there."""
    if state == "present" and seen_by_eye:
        return _("there, to be looked at by a person")
    words = {"present": _("there"), "missing": _("not there"), "not_tested": _("not made here")}
    return words[state]


def proof_reason(reason: str) -> str:
    """Why a proof is not there, or what is wrong with it."""
    return {
        "obtained-elsewhere": _("obtained elsewhere than on this bench"),
        "no-story": _("no scenario of the bench shows it"),
        "scenario-not-run": _("its scenario was not run"),
        "nothing-recorded": _("the scenario left nothing that shows it"),
        "film-check-failed": _("the film did not pass its checks"),
        "film-cut-short": _("the film was cut short"),
        "film-not-kept": _("its film was not kept: only those of failures were (--video)"),
        "film-over-ceiling": _("not filmed: the results had reached their ceiling (--max-size)"),
        "film-not-made": _("played without films (--no-video)"),
        "scenario-not-completed": _("its scenario did not come to its end"),
    }.get(reason, reason)


def deposit_word(deposit: str) -> str:
    """What a file is worth for a deposit."""
    return {
        "rehearsal": _("rehearsal: a mock can be seen, never to be deposited"),
        "external": _("before external test platforms: no mock took part, to be looked at"),
        "product": _("made by the product, with synthetic people and addresses"),
    }.get(deposit, "")
