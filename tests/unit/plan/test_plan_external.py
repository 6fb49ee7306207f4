"""`[stage]` with services played by somebody else: what is taken, and the sentence for the rest."""

from datetime import date

import pytest

from conformance.errors import PlanError
from conformance.plan import Plan, parse_plan

pytestmark = pytest.mark.usefixtures("english")

BASE = """\
[product]
name = "LPS"
version = "1.0"

[plan]
corridor = "LGC"
wave = "2"

[[face]]
name = "web"
driver = "browser"
address = "http://127.0.0.1:8000/"
ready = "http://127.0.0.1:8000/"
start = ["lps", "{psc_discovery}", "{client_id}", "{smtp}", "{domain}", "{patient_domain}"]
env = { SECRET = "{client_secret}", CA = "{ca_file}" }

[stage]
psc = "external"
mssante = "external"

[stage.external]
psc_discovery = "https://psc.test/auth/.well-known/wallet-openid-configuration"
client_id = "lps"
client_secret_env = "PSC_SECRET"
smtp = "smtp.operator.test:587"
domain = "cabinet.test"
patient_domain = "patient.test"
ca_file = "roots.pem"

[identities.doctor]
name = "OCEANE-TEST FICTIVE-MARTINEAU"
national_id = "899700042171"
"""


def parsed(text: str) -> Plan:
    return parse_plan(text.encode(), "banc.toml", None, date(2026, 12, 1))


def refused(text: str) -> list[str]:
    with pytest.raises(PlanError) as told:
        parsed(text)
    return told.value.sentences


def without(*keys: str) -> str:
    return "".join(line for line in BASE.splitlines(keepends=True) if not line.startswith(keys))


@pytest.mark.parametrize(
    ("psc", "mssante", "outside"),
    [
        ("external", "external", {"psc", "mssante"}),
        ("external", "mock", {"psc"}),
        ("mock", "external", {"mssante"}),
    ],
)
def test_each_service_is_lent_on_its_own(psc: str, mssante: str, outside: set[str]) -> None:
    text = BASE.replace('psc = "external"', f'psc = "{psc}"')

    plan = parsed(text.replace('mssante = "external"', f'mssante = "{mssante}"'))

    assert plan.stage.external_services == outside


def test_nothing_of_it_is_for_a_stage_of_mocks() -> None:
    text = BASE.replace('psc = "external"', "").replace('mssante = "external"', "")

    [said] = refused(text)

    assert said.startswith("banc.toml:21: stage.external is for an external service")


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("psc_discovery", "{psc_discovery}"),
        ("client_id", "{client_id}"),
        ("client_secret_env", "{client_secret}"),
        ("smtp", "{smtp}"),
        ("domain", "{domain}"),
        ("patient_domain", "{patient_domain}"),
        ("ca_file", "{ca_file}"),
    ],
)
def test_what_a_start_command_needs_is_asked_for_by_its_key(key: str, place: str) -> None:
    [said] = refused(without(f"{key} ="))

    assert f"stage.external.{key} is missing: face.0 needs it for {place}" in said


def test_a_product_that_runs_already_needs_no_address() -> None:
    text = without("start =", "env =", "ready =", *(f"{key} =" for key in ("smtp", "client_id")))

    assert parsed(text).stage.external.smtp is None


def test_only_the_service_that_is_outside_needs_its_keys() -> None:
    text = without("smtp =", "domain =", "patient_domain =", "ca_file =")

    plan = parsed(text.replace('mssante = "external"', 'mssante = "mock"'))

    assert plan.stage.external_services == {"psc"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ('smtp = "smtp.operator.test"', "stage.external.smtp 'smtp.operator.test': expected such"),
        ('smtp = "h:0"', "stage.external.smtp 'h:0'"),
        ('psc_discovery = "psc.test"', "stage.external.psc_discovery 'psc.test'"),
    ],
)
def test_an_address_that_is_none_is_named(wrong: str, words: str) -> None:
    key = wrong.split(" = ")[0]

    [said] = refused(without(f"{key} =").replace("[stage.external]", f"[stage.external]\n{wrong}"))

    assert words in said


def test_a_secret_in_the_place_of_its_variable_is_refused_and_not_repeated() -> None:
    [said] = refused(BASE.replace('"PSC_SECRET"', '"s3cr3t-of-the-vendor"'))

    assert "client_secret_env" in said and "s3cr3t" not in said


@pytest.mark.parametrize("key", ["name", "national_id"])
def test_whoever_signs_in_outside_is_a_test_identity_of_the_user(key: str) -> None:
    text = BASE.replace({"name": 'name = "OCEANE', "national_id": 'national_id = "8997'}[key], "#")

    [said] = refused(text)

    assert f"identities.doctor.{key} is missing" in said


@pytest.mark.parametrize("real", ["810001234567", "8997", "12"])
def test_a_person_who_may_exist_never_comes_into_a_run(real: str) -> None:
    [said] = refused(BASE.replace("899700042171", real))

    assert "identities.doctor.national_id" in said and "8997" in said


def test_an_identity_made_by_edit_is_taken() -> None:
    plan = parsed(BASE.replace("899700042171", "ANS20260115093000"))

    assert plan.identities["doctor"].national_id == "ANS20260115093000"
