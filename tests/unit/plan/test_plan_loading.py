"""banc.toml: what is taken, and the sentence for each mistake."""

from datetime import date
from pathlib import Path

import pytest

from common.identities import PATIENTS, PROFESSIONALS
from conformance.errors import PlanError
from conformance.plan import NoFace, Plan, load_plan, parse_plan
from conformance.plan.model import PersonKey

pytestmark = pytest.mark.usefixtures("english")

TODAY = date(2026, 12, 1)
GOOD = """\
[product]
name = "LPS"
version = "1.0"

[plan]
corridor = "LGC"
wave = ["1", "2"]
profiles = ["BAL PER-ORG"]

[[face]]
name = "web"
driver = "browser"
address = "http://127.0.0.1:{port}"
start = ["lps", "--port", "{port}"]
ready = "http://127.0.0.1:{port}/"

[face.env]
SECRET = "hush"

[[face]]
name = "desktop"
driver = "adapter"
address = "http://127.0.0.1:8001"

[actions.logout]
within = 5
done_when = "text=Au revoir"

[[actions.logout.steps]]
click = "#logout"

[see]
"psc.button" = "#psc"

[[expected]]
rule = "psc.logout.hint"
until = 2027-01-31
reason = "known"
"""


def parsed(text: str) -> Plan:
    return parse_plan(text.encode(), "banc.toml", None, TODAY)


def refused(text: str) -> list[str]:
    with pytest.raises(PlanError) as told:
        parsed(text)
    assert all("\n" not in sentence for sentence in told.value.sentences)
    return told.value.sentences


def test_a_whole_file_is_taken() -> None:
    plan = parsed(GOOD)

    assert plan.packs == ("tour",)
    assert plan.waves == ("1", "2")
    assert plan.face("desktop").driver == "adapter"
    assert plan.deadlines() == {"logout": 5.0}
    assert plan.summary()["corridor"] == ["LGC"]
    assert plan.expected[0].model_dump(mode="json", exclude_none=True)["until"] == "2027-01-31"


def test_a_face_that_the_product_lacks_is_said_by_name() -> None:
    plan = parsed(GOOD)

    with pytest.raises(NoFace, match=r"no \[\[face\]\] is named 'server', there are web, desktop"):
        plan.face("server")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('version = "1.0"', "version = 1.0", "banc.toml:3: product.version is 1.0: expected text"),
        ('name = "LPS"\n', "", "banc.toml:1: product.name is missing"),
        ("corridor =", "coridor =", "plan.coridor is an unknown key (did you mean 'corridor'?)"),
        ('"LGC"', '"LGB"', "banc.toml:6: plan.corridor.0 is 'LGB': expected 'LGC', 'RIS'"),
        ('"1", "2"', '"3"', "banc.toml:7: plan.wave.0 is '3': expected '1' or '2'"),
        (
            "BAL PER-ORG",
            "BAL PER",
            "plan.profiles 'BAL PER' is unknown (did you mean 'BAL PER-ORG'?)",
        ),
        ('"browser"', '"browsr"', "banc.toml:12: face.0.driver is 'browsr': expected 'browser'"),
        (
            'address = "http://127.0.0.1:8001"\n',
            "",
            "banc.toml:20: face.1.address is missing: expected `address = …`",
        ),
        ("--port", "{prot}", "banc.toml:14: face.0.start: {prot} is unknown, expected one of port"),
        ("http://127.0.0.1:8001", "localhost", "face.1.address 'localhost': it does not begin"),
        ("http://127.0.0.1:8001", "http://h:{port}", "leaves the port to the bench"),
        (
            'address = "http://127.0.0.1:{port}"',
            'address = "http://127.0.0.1:5000"',
            "banc.toml:14: face.0.start: {port} has no value, since address 'http://127.0.0.1:5000'",
        ),
        ('ready = "http://127.0.0.1:{port}/"\n', "", "face.0.ready is missing"),
        ('name = "desktop"', 'name = "web"', "face 'web' appears twice"),
        ("[actions.logout]", "[actions.log_out]", "actions.log_out: unknown action"),
        ('click = "#logout"', 'clik = "#logout"', "actions.logout.steps.0"),
        ('click = "#logout"', 'click = ""', "banc.toml:30: actions.logout.steps.0.click is ''"),
        ('"psc.button"', '"psc.buton"', "see.psc.buton: unknown observation"),
        ("2027-01-31", "2026-01-31", "expected.0.until 2026-01-31 has passed"),
        ('reason = "known"\n', "", "expected.0.reason is missing"),
        ("[plan]", "[stage]\npsc = 'external'\n[plan]", "identities.doctor.national_id is missing"),
        ("[plan]", "[stages]\n[plan]", "stages is an unknown key (did you mean 'stage'?)"),
        ("[plan]", "[evidence]\nrate = 0\n[plan]", "evidence.rate is 0: expected at least 1"),
        ("[plan]", "[identities.docter]\n[plan]", "identities.docter"),
    ],
)
def test_a_mistake_is_told_with_key_value_and_what_was_meant(
    wrong: str, right: str, said: str
) -> None:
    assert wrong in GOOD

    told = refused(GOOD.replace(wrong, right, 1))

    assert any(said in sentence for sentence in told), told


def test_a_face_that_a_person_operates_needs_no_address() -> None:
    by_hand = GOOD.replace('"adapter"\naddress = "http://127.0.0.1:8001"', '"operator"')

    plan = parsed(by_hand)

    assert plan.face("desktop").driver == "operator"
    assert plan.face("desktop").address == ""


def test_every_mistake_is_told_at_once() -> None:
    told = refused(GOOD.replace('"1.0"', "1").replace('"LGC"', '"LGB"'))

    assert len(told) == 2


def test_values_of_an_environment_are_never_shown() -> None:
    told = refused(GOOD.replace('SECRET = "hush"', "SECRET = 4711"))

    assert told == ["banc.toml:18: face.0.env.SECRET: expected text in quotes"]


def test_what_is_no_toml_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "banc.toml"
    path.write_text("[product\n", encoding="utf-8")

    with pytest.raises(PlanError, match=r"not TOML: .*line 1"):
        load_plan(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"nowhere\.toml: there is no such file"):
        load_plan(tmp_path / "nowhere.toml")


def test_the_folder_of_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "banc.toml"
    path.write_text(GOOD, encoding="utf-8")

    assert load_plan(path, TODAY).folder == tmp_path


def test_the_identities_are_those_of_the_bench() -> None:
    people = {person.key for person in (*PROFESSIONALS, *PATIENTS)}

    assert set(PersonKey.__args__) == people  # type: ignore[attr-defined]


def test_without_a_file_the_reference_system_is_meant() -> None:
    plan = load_plan()

    assert plan.packs == ("tour",)
    assert plan.face("web").driver == "browser"
    assert plan.face("desktop").driver == "adapter"
