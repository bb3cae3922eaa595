"""Write the golden files anew: `python -m tests.golden.write`; then look at what changed."""

from pathlib import Path

import orjson

from avicena.formats import fhir
from tests.formats.samples import ANSWERS, APPLICATION


def main() -> None:
    folder = Path(__file__).parent / "fhir"
    folder.mkdir(exist_ok=True)
    for name, answer in ANSWERS.items():
        sent = orjson.dumps(fhir.bundle(answer(), APPLICATION), option=orjson.OPT_INDENT_2)
        (folder / f"{name}.json").write_bytes(sent + b"\n")


if __name__ == "__main__":
    main()
