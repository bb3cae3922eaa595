"""The table contract says all that an application declares, and nothing else."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from avicena.core.case import Choice, Contract, Image, Note, Number
from avicena.core.table_contract import NO_LABEL, NOT_KNOWN, TableContract, TableFault, derive
from avicena.core.text import Text
from tests import small, tables
from tests.ingest import trees


def rules(contract: TableContract) -> dict[str, Any]:
    return {rule.name: rule for rule in contract.columns}


def test_each_input_and_each_label_has_a_rule_with_its_unit_bounds_and_codes() -> None:
    found = rules(derive(tables.application))
    assert list(found) == ["age", "sex", "temperature", "story", "disease"]
    temperature = found["temperature"]
    assert (temperature.kind, temperature.unit, temperature.low, temperature.high) == ("number", "Cel", 25, 45)
    assert (temperature.plausible, temperature.required) == ((35, 42), False)
    assert found["sex"].codes == ("female", "male")
    assert found["sex"].words == {"f": "female", "m": "male"}
    assert found["story"].longest == 60
    assert (found["disease"].kind, found["disease"].codes) == ("label", ("influenza", "measles", "nothing"))


def test_what_a_blank_means_is_what_the_input_says_else_that_it_is_not_known() -> None:
    found = rules(derive(tables.application))
    assert found["temperature"].missing.en == "not measured, which is common in the well"
    assert found["age"].missing == NOT_KNOWN
    assert found["disease"].missing == NO_LABEL


def test_each_layout_says_which_column_of_its_tables_is_meant() -> None:
    found = rules(derive(trees.APPLICATION))
    assert found["scan"].kind == "picture"
    assert found["scan"].column == {"scans": "scan", "visits": "Visit ID"}
    assert found["age"].column == {"visits": "Age"}
    assert [one.key for one in derive(trees.APPLICATION).layouts] == ["scan", "Visit ID"]


def test_the_contract_is_json_and_carries_the_digest_of_the_inputs() -> None:
    said = orjson.loads(orjson.dumps(derive(small.application)))
    assert said["digest"] == small.application.contract_digest
    assert {column["name"] for column in said["columns"]} == {"mri", "age", "sex", "note", "tumour", "treatment"}


@dataclass(frozen=True)
class Yes:
    """An input kind that a hospital wrote itself."""

    required: bool = True

    def parse(self, raw: Any) -> str:
        if raw not in ("yes", "no"):
            raise ValueError("neither yes nor no")
        return str(raw)

    def example(self) -> str:
        return "yes"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": ["yes", "no"]}


def test_an_input_kind_of_a_hospital_has_its_rule_from_its_schema() -> None:
    from dataclasses import replace

    found = rules(derive(replace(tables.application, inputs={"fever": Yes()})))
    assert (found["fever"].kind, found["fever"].codes, found["fever"].unit) == ("choice", ("yes", "no"), "")


def test_what_a_blank_means_and_what_is_plausible_do_not_change_what_is_answered() -> None:
    words = Text("not asked", "no se preguntó")
    plain = {"age": Number(0, 120, "a"), "sex": Choice("f"), "note": Note(("en",)), "mri": Image("MR")}
    said = {
        "age": Number(0, 120, "a", plausible=(1, 99), missing=words),
        "sex": Choice("f", missing=words),
        "note": Note(("en",), missing=words),
        "mri": Image("MR", missing=words),
    }
    assert [kind.schema() for kind in plain.values()] == [kind.schema() for kind in said.values()]
    assert Contract(said).parse({"age": 110}, partial=True) == Contract(plain).parse({"age": 110}, partial=True)


def test_a_plausible_range_outside_the_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="inside the bounds"):
        Number(0, 120, "a", plausible=(-1, 90))


def test_a_fault_of_the_whole_row_is_counted_as_one_of_the_row() -> None:
    from avicena.core.table_contract import TableCheck

    faults = (TableFault("", "ragged-row", True, 2, (3, 4)), TableFault("age", "missing", False, 1, (9,)))
    assert TableCheck("any", 9, 2, faults).counts == {"fault:row: ragged-row": 2, "fault:age: missing": 1}
