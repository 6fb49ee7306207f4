"""The reference product's adapter held to the published contract, request after request."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.result import Ok

from conformance.drivers.adapter.contract import openapi
from tests.worlds.product import LpsWorld

LONG = {"/actions/idle"}
"""Actions whose very purpose is to last."""

HELD = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
FEW = settings(
    max_examples=6,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_every_answer_of_the_reference_is_in_the_contract(lps: LpsWorld) -> None:
    document = openapi()
    document["paths"] = {k: v for k, v in document["paths"].items() if k not in LONG}
    schema = schemathesis.openapi.from_dict(document)
    statuses: dict[str, set[int]] = {}

    def hold(operation: Any) -> None:
        @FEW
        @given(data=st.data())
        def ask(data: Any) -> None:
            case = data.draw(operation.as_strategy())
            answer = case.call(base_url=f"{lps.settings.base_url}/adapter")
            statuses.setdefault(operation.path, set()).add(answer.status_code)
            case.validate_response(answer, checks=HELD)

        ask()

    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok)
        hold(operation.ok())

    assert set(statuses) == set(document["paths"])
    assert all(200 in found for path, found in statuses.items() if path.startswith("/actions/"))
    assert all(found <= {200, 404, 422} for found in statuses.values()), statuses
