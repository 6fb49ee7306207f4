"""The control API: JSON over HTTP, so that the mock can be steered when it runs alone.

`GET /control/tenants`, `GET /control/faults`, and below `/control/t/<tenant>/`: `GET | POST |
DELETE faults`, `GET pending`, `POST answer`, `POST reset`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from mocks.psc.fault_table import FAULTS
from mocks.psc.http.access import require_own_origin, require_token
from mocks.psc.http.call import Answer, Call, json_answer, refuse
from mocks.psc.settings import LIFETIMES
from mocks.psc.tenant import Tenant


def control(call: Call, tenants: Mapping[str, Tenant]) -> Answer:
    """Answer one control request. Raises `Refused`."""
    require_token(call)
    require_own_origin(call)
    if call.tail == "tenants" and call.method == "GET":
        return json_answer({"tenants": [tenant.describe() for tenant in tenants.values()]})
    if call.tail == "faults" and call.method == "GET":
        return json_answer({"faults": [asdict(fault) for fault in FAULTS.values()]})
    name, _, what = call.tail.removeprefix("t/").partition("/")
    tenant = tenants.get(name) if call.tail.startswith("t/") else None
    if tenant is None:
        raise refuse("not_found", f"no such control address: /control/{call.tail}", 404)
    act = _ACTS.get((call.method, what))
    if act is None:
        raise refuse("not_found", f"no such control action: {call.method} {what}", 404)
    return act(tenant, call)


def _armed(tenant: Tenant, call: Call) -> Answer:
    return json_answer({"armed": tenant.faults.armed()})


def _arm(tenant: Tenant, call: Call) -> Answer:
    asked = _object(call)
    occurrence = asked.get("occurrence")
    if occurrence is not None and type(occurrence) is not int:
        raise refuse("invalid_request", f"occurrence {occurrence!r}: expected a whole number")
    try:
        tenant.faults.arm(str(asked.get("name")), asked.get("value"), occurrence)
    except ValueError as error:
        raise refuse("invalid_request", str(error)) from error
    return _armed(tenant, call)


def _clear(tenant: Tenant, call: Call) -> Answer:
    tenant.faults.clear()
    return _armed(tenant, call)


def _pending(tenant: Tenant, call: Call) -> Answer:
    found = tenant.phone.pending(call.query.get("national_id"))
    return json_answer({"pending": [asdict(one) for one in found]})


def _answer(tenant: Tenant, call: Call) -> Answer:
    asked = _object(call)
    approve = asked.get("approve")
    if not isinstance(approve, bool):
        raise refuse("invalid_request", f"approve {approve!r}: expected true or false")
    try:
        answered = tenant.phone.answer(str(asked.get("auth_req_id")), approve)
    except KeyError as error:
        raise refuse("not_pending", str(error.args[0]), 409) from error
    return json_answer({"answered": asdict(answered)})


def _reset(tenant: Tenant, call: Call) -> Answer:
    asked = _object(call) if call.json is not None else {}
    name = asked.get("lifetimes")
    if name is not None and name not in LIFETIMES:
        raise refuse("invalid_request", f"lifetimes {name!r}: expected {' or '.join(LIFETIMES)}")
    tenant.reset(LIFETIMES[str(name)] if name else None)
    return json_answer(tenant.describe())


def _object(call: Call) -> Mapping[str, object]:
    if not isinstance(call.json, dict):
        raise refuse("invalid_request", "the body must be a JSON object")
    return call.json


_ACTS: dict[tuple[str, str], Callable[[Tenant, Call], Answer]] = {
    ("GET", "faults"): _armed,
    ("POST", "faults"): _arm,
    ("DELETE", "faults"): _clear,
    ("GET", "pending"): _pending,
    ("POST", "answer"): _answer,
    ("POST", "reset"): _reset,
}
