"""Each class of error has its place in HTTP, and says no more than it may."""

import inspect
import json

import pytest

from avicena.api import errors
from avicena.core import errors as core
from avicena.core.errors import AvicenaError, ContractViolation, Misconfigured, NotDeployed, Untrusted

CLASSES = sorted(
    {
        cls
        for module in (core, errors)
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, AvicenaError) and cls is not AvicenaError
    },
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("cls", CLASSES)
def test_every_class_of_error_has_its_status(cls: type[AvicenaError]) -> None:
    assert cls in errors.KINDS
    assert 400 <= errors.KINDS[cls].status < 600


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if errors.KINDS[cls].status == 503])
def test_whoever_can_only_wait_is_told_how_long(cls: type[AvicenaError]) -> None:
    error = errors.NotReady({"store": "gone"}) if cls is errors.NotReady else cls("wait")
    _, headers, _ = errors.problem(error, "r")
    assert int(headers["retry-after"]) >= 1


def test_all_problems_of_a_contract_are_listed() -> None:
    status, headers, body = errors.problem(ContractViolation({"age": "missing", "sex": "not one of x"}), "r-1")
    found = json.loads(body)
    assert (status, headers["content-type"]) == (422, "application/problem+json")
    assert found["type"] == "urn:avicena:problem:contract-violation"
    assert [one["field"] for one in found["errors"]] == ["age", "sex"]
    assert found["request_id"] == "r-1"


def test_a_defect_says_nothing_of_itself() -> None:
    status, _, body = errors.problem(RuntimeError("patient Ana, 54"), "r")
    assert status == 500
    assert b"Ana" not in body
    assert b"RuntimeError" not in body


@pytest.mark.parametrize("error", [Untrusted("/srv/secret/file"), Misconfigured("postgresql://user@host")])
def test_what_only_the_operator_can_mend_is_not_told_to_the_caller(error: AvicenaError) -> None:
    assert b"detail" not in errors.problem(error, "r")[2]


def test_that_no_model_is_deployed_is_told() -> None:
    assert json.loads(errors.problem(NotDeployed("deploy one"), "r")[2])["detail"] == "deploy one"
