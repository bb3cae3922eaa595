"""Ask a running service for its health and for an answer, as any client would; exit 1 if it does not give one.

python ask.py URL [IMAGE]: without IMAGE, the example of the service's own OpenAPI description is sent.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

APPLICATION = "/v1/brain-tumour/answers"


def fetch(url: str, body: bytes | None = None, kind: str = "application/json") -> Any:
    """The JSON that a GET, or a POST of `body`, brings."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": kind} if body else {})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        return json.load(response)


def wait_until_ready(url: str, seconds: float = 120.0) -> None:
    """Return as soon as the service says that it is ready. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            fetch(f"{url}/health/ready")
            return
        except (urllib.error.URLError, ConnectionError, ValueError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} was not ready within {seconds:.0f} s")


def example(url: str) -> dict[str, Any]:
    """The JSON request that the service's own description gives as an example."""
    content = fetch(f"{url}/openapi.json")["paths"][APPLICATION]["post"]["requestBody"]["content"]["application/json"]
    if "example" in content:
        return dict(content["example"])
    return dict(next(iter(content["examples"].values()))["value"])


def multipart(image: bytes) -> tuple[bytes, str]:
    """The same question as a form, with a picture of our own: the body and its media type."""
    edge = "avicena-edge"
    fields = {"age": "54", "sex": "female", "note": "Cefalea y náuseas desde hace dos meses, sin convulsiones."}
    lines = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="mri"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    body = "".join(lines).encode() + head.encode() + image + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"


def main(url: str, image: str | None = None) -> None:
    """Wait, ask, and print what came back."""
    wait_until_ready(url)
    answers = [fetch(url + APPLICATION, json.dumps(example(url)).encode())]
    if image is not None:
        answers.append(fetch(url + APPLICATION, *multipart(Path(image).read_bytes())))
    for answer in answers:
        again = fetch(f"{url}/v1/answers/{answer['id']}")
        if again["id"] != answer["id"] or again["decision"] != answer["decision"]:
            raise ValueError("the answer that was kept is not the answer that was given")
        print(f"answered over HTTP: {answer['id']}: {json.dumps(answer['decision'], ensure_ascii=False)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
