"""Whatever a product sends, a rule answers or says nothing: it never raises."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.all_rules import all_rules
from tests.unit.checks.checks_documents import Doc, letter
from tests.unit.checks.checks_examples_mss import life
from tests.unit.checks.checks_story import Story, basic

RULES = all_rules()
ROUTES = ("authorize", "wallet", "token", "userinfo", "ciba", "logout", "discovery", None)

BARE: dict[str, Any] = {"request": {"headers": {}}, "response": {}, "query": {}, "cut": True}
DOUBLED: dict[str, Any] = {
    "query": {"state": ["a", "b"], "scope": ["openid", "x"], "acr": ["1", "2"], "channel": []},
    "request": {"headers": {"authorization": {"scheme": "other"}}, "form": {"code": ["x", "y"]}},
    "response": {"status": 200, "json": ["no", "object"], "redirect": {"query": {"code": "x"}}},
}
EMPTY: dict[str, Any] = {
    "request": {"headers": basic(), "form": {"code": "", "code_verifier": "", "auth_req_id": ""}},
    "response": {
        "status": 200,
        "json": {"access_token": "", "auth_req_id": "", "interval": "soon", "expires_in": None},
    },
}


def odd_exchanges(story: Story, change: dict[str, Any]) -> None:
    for route in ROUTES:
        event = story.exchange(route)
        story.items[-1] = replace(event, data={**event.data, **change})
        story.act("start_psc_login", "unclear")
        story.act("logout")
        story.act("idle", seconds=1)
        story.see("ciba.digits", "12")
        story.see("identity", "")
        story.see("practice-choice", present=False)
        story.fired("ciba.slow-down")


@pytest.mark.parametrize("rule_id", RULES)
@pytest.mark.parametrize("change", [BARE, DOUBLED, EMPTY], ids=["bare", "doubled", "empty"])
def test_odd_exchanges_do_not_make_a_rule_raise(rule_id: str, change: dict[str, Any]) -> None:
    story = Story({"twin_done": True})
    story.login()
    odd_exchanges(story, change)

    said = list(RULES[rule_id].check(story.events(RULES[rule_id])))

    assert all(one.subject for one in said)


@pytest.mark.parametrize("rule_id", [name for name in RULES if not name.startswith("psc.")])
@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"no header at all",
        b"From: a\r\n\r\n",
        b"Subject: \xff\xfe\r\nFrom: =?utf-8?B?!!?= <<>>\r\nMessage-ID: <a@b\r\n\r\n\x00",
        letter(Doc(ins="", born="", birth_name="", given="", label="", version="", set_id=None)),
        letter(zipped=b"PK\x03\x04"),
        letter(Doc(body=b"%PDF-1.4 cut"), Subject="XDM/1.0/DDM+"),
        letter(Doc(entry={"patient": "", "hash": "", "size": "", "uri": "../x"})),
    ],
    ids=["empty", "headless", "bodiless", "garbled", "bare", "no-zip", "cut-pdf", "bad-entry"],
)
def test_odd_mails_do_not_make_a_rule_raise(rule_id: str, octets: bytes) -> None:
    story = Story()
    story.run_started(nil=None)
    story.act("send_document", document_id="d1", during=lambda: story.mail(octets))
    story.act("replace_document", document_id="d1", values={"offer": "no object"})
    story.act("answer_offer", answer="accept", during=lambda: story.mail(octets))
    story.act("delete_document", document_id="d1")

    said = list(RULES[rule_id].check(story.events(RULES[rule_id])))

    assert all(one.subject for one in said)


def test_actions_cut_by_a_kill_do_not_make_a_rule_raise() -> None:
    for kept in range(1, 60, 3):
        story = Story()
        life()(story)
        del story.items[kept:]
        for rule in RULES.values():
            list(rule.check(story.events(rule)))
