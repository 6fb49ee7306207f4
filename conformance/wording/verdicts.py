"""The words of a report: verdicts, reasons and natures in the language of the reader."""

from conformance.locale import _


def verdict_word(verdict: str) -> str:
    """A verdict, as people say it."""
    return {
        "running": _("running"),
        "pass": _("no refusal found"),
        "review": _("to review"),
        "warning": _("warning"),
        "fail": _("refusal"),
        "not_tested": _("not tested"),
        "not_ready": _("not ready"),
        "error": _("defect of the bench"),
        "not_applicable": _("not applicable"),
    }[verdict]


def reason_sentence(reason: str | None) -> str:
    """Why the engine itself spoke; empty when there is nothing to add."""
    if reason is None:
        return ""
    return {
        "declared": _(
            "shown by a declaration only (of the product, or of a person at it): a person must "
            "confirm it"
        ),
        "scenario-not-run": _("no scenario that shows it was run"),
        "stopped": _("the scenario stopped before it could be shown"),
        "nothing-seen": _("nothing of the kind was observed"),
        "not-ready": _("the set-up was not ready"),
        "not_ready": _("the set-up was not ready"),
        "error": _("the bench itself failed"),
        "no-face": _("the product has no such face"),
        "unsupported": _("the product does not offer an action of the scenario"),
        "interrupted": _("the run was cut before its end"),
        "text-unknown": _("steps demonstrated, text of the requirement not read"),
        "by-person": _("no rule judges it: a person shows what its scenario asks"),
        "nothing-to-show": _("no rule judges it, and no proof is asked for it"),
        "held-by-eye": _(
            "steps demonstrated: a person checks them against the text of the requirement"
        ),
        "no-rule": _("no rule of this bench judges it"),
        "not-owed": _("not owed under this plan"),
        "external-stage": _(
            "only the exchanges with an external service would show it: the bench does not see them"
        ),
        "check-raised": _("a check of the bench failed"),
        "slice-disagrees": _("judged alone and judged with the run, the scenario differs"),
        "expected-did-not-come": _("an expected failure did not come"),
    }.get(reason, reason)


def witness_word(witness: str | None) -> str:
    """By whom a thing was seen."""
    return {
        "wire": _("seen on the wire"),
        "screen": _("seen on the screen"),
        "declared": _("declared, by the product or a person at it"),
        None: "",
    }[witness]


def basis_word(basis: str) -> str:
    """What a rule stands on."""
    return {
        "ans": _("ANS ground for refusal"),
        "standard": _("defect with regard to the standard"),
        "ours": _("rule of the bench"),
    }[basis]


def trust_word(trust: str) -> str:
    """How well the source of a rule is known."""
    return {
        "official": _("official source"),
        "secondary": _("secondary source"),
        "assumed": _("assumption"),
    }[trust]


def nature_word(nature: str) -> str:
    """DOIT, NE DOIT PAS or PEUT; the official words are French in every language."""
    return {"must": "DOIT", "must_not": "NE DOIT PAS", "may": "PEUT"}.get(nature, nature)


def ended_word(ended: str) -> str:
    """How a scenario ended."""
    return {
        "completed": _("completed"),
        "stopped": _("stopped"),
        "not_ready": _("not ready"),
        "not_tested": _("not tested"),
        "error": _("defect of the bench"),
        "interrupted": _("interrupted"),
        "": _("cut short"),
    }[ended]


def finding_name(key: tuple[str, ...]) -> str:
    """The key of a finding in one line: `rule [scenario] subject`."""
    rule, scenario, subject = key
    return " ".join(filter(None, (rule, scenario and f"[{scenario}]", subject)))


def choice_word(choice: str) -> str:
    """A decision of a person, as the field says it."""
    return {
        "conforme": _("conforms"),
        "reserve": _("non-blocking reservation"),
        "visite": _("to be seen on the visit"),
        "non-conforme": _("does not conform"),
    }.get(choice, choice)


def role_word(role: str) -> str:
    """Who decided: the vendor of the product, or its auditor."""
    return {"vendor": _("vendor"), "auditor": _("auditor")}.get(role, role)
