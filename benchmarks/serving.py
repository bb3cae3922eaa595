"""How fast answers leave: Avicena over HTTP beside the bare models, in one run on one machine.

    python benchmarks/serving.py [--rounds 3] [--seconds 6]

The limit is ONNX Runtime and XGBoost (with TreeSHAP) in a loop on arrays that were decoded before. Avicena is a real
server process, asked over loopback by a second process, with decoding, explanation and durable audit. Rounds take
turns, so that what else the machine does falls on both. Everything is bounded in count and time.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "src/avicena_applications/brain_tumour/bundle"
NOTE = "Headaches for three weeks, worse in the morning. No seizures, slight nausea."
SLICES = 32
OVERLOAD = 10
OVERLOAD_SECONDS = 20.0
CONNECTIONS = 300
WARM_UP = 10.0
"""Seconds before anything counts: the write-ahead log grows for some hundred answers before it is used again."""


def slices(count: int = SLICES) -> list[bytes]:
    """JPEGs of 256 x 256 pixels, about as rich in detail as an MRI slice."""
    from PIL import Image, ImageFilter

    random = np.random.default_rng(0)
    y, x = np.mgrid[:256, :256] - 128
    made = []
    for index in range(count):
        coarse = Image.fromarray(random.integers(0, 255, (24, 24), dtype=np.uint8)).resize((256, 256))
        texture = np.asarray(coarse.filter(ImageFilter.GaussianBlur(2)), np.float32) * 0.5
        body = (x / (95 + index % 9)) ** 2 + (y / (112 + index % 7)) ** 2 < 1
        pixels = body * (texture + 40) + random.normal(4, 3, (256, 256))
        file = io.BytesIO()
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
        made.append(file.getvalue())
    return made


def numbered(jpeg: bytes, number: int) -> bytes:
    """The same picture with a comment in its header: other bytes, so another digest and another file on disk."""
    return jpeg[:2] + b"\xff\xfe\x00\x0a" + number.to_bytes(8, "big") + jpeg[2:]


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed, in ms of seconds."""
    return float(np.percentile(values, 100 * share)) * 1000 if values else float("nan")


# --- the bare models -------------------------------------------------------------------------------------------------


class Bare:
    """ONNX Runtime and XGBoost on the files of a bundle, as plainly as they can be called."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.spec = json.loads(files["bundle.json"])
        self.image, self.tree = self._stage("image"), self._stage("tree")
        self.files = files
        self.row = np.full((1, len(self.tree["columns"])), 0.5, np.float32)

    def _stage(self, kind: str) -> dict[str, Any]:
        return next(stage for stage in self.spec["stages"] if stage["kind"].endswith(kind))

    def session(self, threads: int) -> Any:
        """An ONNX Runtime session with that many threads of its own."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.files[self.image["file"]], options, ["CPUExecutionProvider"])

    def answerer(self, session: Any) -> Callable[[Any], Any]:
        """One answer from a decoded plane (1, 1, side, side): network, then trees with contributions."""
        import xgboost

        booster = xgboost.Booster({"nthread": 1}, model_file=bytearray(self.files[self.tree["file"]]))
        name = session.get_inputs()[0].name
        row = self.row

        def answer(plane: Any) -> Any:
            session.run(None, {name: plane})
            return booster.predict(xgboost.DMatrix(row, nthread=1), pred_contribs=True, validate_features=False)

        return answer

    def planes(self, pictures: list[bytes]) -> list[Any]:
        """Decoded arrays."""
        return [self.decode(picture) for picture in pictures]

    def decode(self, picture: bytes) -> Any:
        """A JPEG as the network's input, by Pillow and NumPy alone."""
        from PIL import Image

        side = self.image["side"]
        grey = Image.open(io.BytesIO(picture)).convert("L").resize((side, side), Image.Resampling.BILINEAR)
        return (np.asarray(grey, np.float32) / np.float32(127.5) - 1)[None, None]


def limit(bare: Bare, planes: list[Any], seconds: float) -> tuple[float, str]:
    """Answers per second of the bare models, the better of both ways to use two cores."""
    found = []
    for workers, threads in ((1, 2), (2, 1)):
        session = bare.session(threads)
        counts = [0] * workers
        start = time.perf_counter() + 0.5

        def loop(which: int, session: Any = session, counts: Any = counts, start: float = start) -> None:
            until = start + seconds / 2
            answer = bare.answerer(session)
            index = which
            while (now := time.perf_counter()) < until:
                answer(planes[index % len(planes)])
                index += 1
                counts[which] += now >= start

        crew = [threading.Thread(target=loop, args=(which,)) for which in range(workers)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()
        found.append((sum(counts) / (seconds / 2), f"{workers} thread(s) x intra {threads}"))
    return max(found)


def pipeline(bare: Bare, pictures: list[bytes], seconds: float, threads: int) -> list[float]:
    """Times of one answer after the other: decode, network, trees; in seconds."""
    answer = bare.answerer(bare.session(threads))
    for picture in pictures[:10]:
        answer(bare.decode(picture))
    times: list[float] = []
    until = time.perf_counter() + seconds
    while (start := time.perf_counter()) < until:
        answer(bare.decode(pictures[len(times) % len(pictures)]))
        times.append(time.perf_counter() - start)
    return times


# --- the client (a process of its own) -------------------------------------------------------------------------------


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, done: Callable[["Connection", int, bool, float], None]) -> None:
        self.done = done
        self.transport: Any = None
        self.buffer = b""
        self.started = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, request: bytes, started: float) -> None:
        """Send one request that was due at `started`."""
        self.started, self.buffer = started, b""
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:") + 15
        length = int(head[at : head.find(b"\r", at) if b"\r" in head[at:] else end])
        if len(self.buffer) >= end + 4 + length:
            took = time.perf_counter() - self.started
            self.done(self, int(self.buffer[9:12]), b"retry-after:" in head, took)

    def connection_lost(self, exc: Exception | None) -> None:
        self.done(self, 0, False, 0.0)


class Requests:
    """An endless row of requests, each with a picture of its own."""

    def __init__(self, host: str, port: int, path: str, salt: int) -> None:
        self.pictures = slices()
        self.number = salt << 32
        boundary = b"avicena-benchmark"
        fields = {"age": b"54", "sex": b"female", "note": NOTE.encode()}
        parts = [
            b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (boundary, name.encode(), value)
            for name, value in fields.items()
        ]
        file = b'--%b\r\nContent-Disposition: form-data; name="mri"; filename="slice.jpg"\r\n' % boundary
        self.before = b"".join(parts) + file + b"Content-Type: image/jpeg\r\n\r\n"
        self.after = b"\r\n--%b--\r\n" % boundary
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: multipart/form-data; "
            f"boundary={boundary.decode()}\r\nContent-Length: "
        ).encode()

    def next(self) -> bytes:
        """The next request's bytes."""
        self.number += 1
        body = self.before + numbered(self.pictures[self.number % SLICES], self.number) + self.after
        return b"%b%d\r\n\r\n%b" % (self.head, len(body), body)


async def closed_loop(requests: Requests, host: str, port: int, clients: int, seconds: float) -> dict[str, Any]:
    """`clients` that each send the next request when the last was answered; times in seconds."""
    times: list[float] = []
    statuses: dict[int, int] = {}
    until = time.perf_counter() + seconds
    ended = asyncio.Event()
    open_ = clients

    def done(connection: Connection, status: int, retry: bool, took: float) -> None:
        nonlocal open_
        now = time.perf_counter()
        statuses[status] = statuses.get(status, 0) + 1
        if status == 201:
            times.append(took)
        if status and now < until:
            connection.ask(requests.next(), now)
        else:
            open_ -= 1
            connection.done = lambda *_: None
            connection.transport.close()
            if not open_:
                ended.set()

    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    for _ in range(clients):
        _, connection = await loop.create_connection(lambda: Connection(done), host, port)
        connection.ask(requests.next(), time.perf_counter())
    await asyncio.wait_for(ended.wait(), seconds + 30)
    took = time.perf_counter() - start
    return {"rate": len(times) / took, "times": times, "statuses": statuses}


async def open_loop(requests: Requests, host: str, port: int, rate: float, seconds: float) -> dict[str, Any]:
    """`rate` requests per second whatever comes back; each is timed from when it was due."""
    idle: list[Connection] = []
    times: list[float] = []
    statuses: dict[int, int] = {}
    with_retry = unsent = sent = 0

    lost = 0

    def done(connection: Connection, status: int, retry: bool, took: float) -> None:
        nonlocal with_retry, lost
        if not status:  # the server closes connections that were idle for a while
            lost += connection not in idle
            if connection in idle:
                idle.remove(connection)
            return
        statuses[status] = statuses.get(status, 0) + 1
        with_retry += status == 503 and retry
        if status == 201:
            times.append(took)
        idle.append(connection)

    loop = asyncio.get_running_loop()

    async def connect() -> None:
        _, connection = await loop.create_connection(lambda: Connection(done), host, port)
        idle.append(connection)

    for _ in range(CONNECTIONS):
        await connect()
    start = time.perf_counter()
    due = 0
    while (now := time.perf_counter()) < start + seconds:
        while start + due / rate <= now:
            if idle:
                idle.pop().ask(requests.next(), start + due / rate)
                sent += 1
            else:
                unsent += 1
            due += 1
        if len(idle) < CONNECTIONS // 4 and len(idle) + sent - sum(statuses.values()) < CONNECTIONS:
            await connect()
        await asyncio.sleep(0.002)
    until = time.perf_counter() + 10
    while sent - lost > sum(statuses.values()) and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    statuses[0] = sent - sum(statuses.values())
    for connection in list(idle):
        connection.done = lambda *_: None
        connection.transport.close()
    return {"due": due, "sent": sent, "unsent": unsent, "with_retry": with_retry, "times": times, "statuses": statuses}


def client(arguments: argparse.Namespace) -> None:
    """What the client process does: one measurement, printed as JSON."""
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    requests = Requests("127.0.0.1", arguments.port, arguments.path, os.getpid())
    if arguments.rate:
        found = asyncio.run(open_loop(requests, "127.0.0.1", arguments.port, arguments.rate, arguments.seconds))
    else:
        found = asyncio.run(closed_loop(requests, "127.0.0.1", arguments.port, arguments.clients, arguments.seconds))
    print(json.dumps(found))


# --- the server and the run ------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A server process and where it listens."""

    process: subprocess.Popen[bytes]
    port: int
    path: str

    def load(self, **given: float) -> dict[str, Any]:
        """One measurement by a client process; `clients` or `rate`, and `seconds`."""
        options = [f"--{name}={value}" for name, value in given.items()]
        command = [sys.executable, __file__, "--client", f"--port={self.port}", f"--path={self.path}", *options]
        out = subprocess.run(command, check=True, capture_output=True, timeout=given["seconds"] + 60)
        found = json.loads(out.stdout)
        found["statuses"] = {int(status): count for status, count in found["statuses"].items()}
        return dict(found)

    def memory(self) -> float:
        """Resident memory of all its processes in MB (what they share counts for each)."""
        return sum(kilobytes for _, kilobytes in self._processes()) / 1024

    def cpu(self) -> float:
        """CPU-seconds that all its processes used so far (0 where the system has no /proc)."""
        ticks = 0
        for pid, _ in self._processes():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _processes(self) -> list[tuple[int, int]]:
        """The server and its workers as (process, resident memory in KB)."""
        out = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, check=True).stdout
        rows = [[int(word) for word in line.split()] for line in out.splitlines()]
        return [(pid, kilobytes) for pid, parent, kilobytes in rows if self.process.pid in (pid, parent)]


@contextlib.contextmanager
def running(site: Path, application: str, module: str) -> Iterator[Server]:
    """A server of the site in `site`, stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(os.environ) | {
        "AVICENA_SITE": str(site),
        "AVICENA_APPLICATIONS": module,
        "AVICENA_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    code = (
        "from avicena import settings\nfrom avicena.site import open_site\nfrom avicena.api.server import serve\n"
        "serve(open_site(settings.read()))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 0.1).close()
                break
            if process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.1)
        yield Server(process, port, f"/v1/{application}/answers")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def trial(folder: Path, onnx: Path, side: int) -> tuple[str, str, dict[str, bytes]]:
    """A site around a network that was not released: application, its module, and the bundle's files."""
    sys.path.insert(0, str(ROOT))
    from tests import small

    site = small.small_site(folder, installed=False)
    digest = small.install(site, onnx_model=onnx.read_bytes(), side=side, rounds=100)
    files = site.bundle_files(digest)
    site.close()
    return small.application.name, "tests.small", files


def released(folder: Path) -> tuple[str, str, dict[str, bytes]]:
    """A site with the released bundle: application, its module, and the bundle's files."""
    from avicena import lifecycle, settings
    from avicena.core.actor import ROLES, Actor
    from avicena.site import open_site

    files = {path.name: path.read_bytes() for path in RELEASED.iterdir() if path.is_file()}
    site = open_site(settings.read(site=str(folder)))
    person, name = Actor("benchmark", ROLES), "brain-tumour"
    version = lifecycle.sign_off(site, name, lifecycle.install(site, files, person).id, True, "to be timed", person)
    if version is None:
        raise SystemExit("the released bundle was not accepted")
    lifecycle.deploy(site, name, version.number, "to be timed", person)
    site.close()
    return name, "avicena_applications.brain_tumour", files


def run(arguments: argparse.Namespace) -> None:
    """The whole benchmark."""
    print(f"cores: {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        made = trial(folder, arguments.onnx, arguments.side) if arguments.onnx else released(folder)
        application, module, files = made
        bare, pictures = Bare(files), slices()
        planes = bare.planes(pictures)
        with running(folder, application, module) as server:
            server.load(clients=arguments.clients, seconds=WARM_UP)
            limits, rates, ratios, one, raw, costs = [], [], [], [], {1: [], 2: []}, []  # type: ignore[var-annotated]
            for _ in range(arguments.rounds):
                fastest, how = limit(bare, planes, arguments.seconds)
                before = server.cpu()
                many = server.load(clients=arguments.clients, seconds=arguments.seconds)
                costs.append((server.cpu() - before) / max(1, len(many["times"])) * 1000)
                again, how = limit(bare, planes, arguments.seconds)
                limits.append((fastest + again) / 2)
                rates.append(many["rate"])
                ratios.append(many["rate"] / limits[-1])
                single = server.load(clients=1, seconds=arguments.seconds / 2)["times"]
                for threads in raw:
                    raw[threads].append(pipeline(bare, pictures, arguments.seconds / 4, threads))
                one.append(single)
                print(
                    f"  round: limit {limits[-1]:6.1f}/s ({how}), Avicena {rates[-1]:6.1f}/s = {ratios[-1]:.0%}, "
                    f"other statuses { ({k: v for k, v in many['statuses'].items() if k != 201}) }"
                )
            report(limits, rates, ratios, one, raw, costs)
            if not arguments.no_overload:
                overload(server, median(rates))


def report(limits: Any, rates: Any, ratios: Any, one: Any, raw: Any, costs: Any) -> None:
    """Print throughput and latency with their ratios (medians over the rounds)."""
    p50 = median(percentile(times, 0.5) for times in one)
    p95 = median(percentile(times, 0.95) for times in one)
    print(f"{'throughput':34}{'answers/s':>12}")
    print(f"{'  bare models on decoded arrays':34}{median(limits):12.1f}")
    print(f"{'  Avicena over HTTP':34}{median(rates):12.1f}   {median(ratios):.0%} of the limit (goal 60 %, aim 80 %)")
    print(f"{'  server CPU per answer':34}{median(costs):12.1f} ms")
    print(f"{'one client':34}{'P50 ms':>12}{'P95 ms':>12}")
    for threads, runs in raw.items():
        low, high = (median(percentile(times, share) for times in runs) for share in (0.5, 0.95))
        share = f"   Avicena's P95 is {p95 / high:.2f} times this (goal 1.5)"
        print(f"{f'  bare pipeline, {threads} thread(s)':34}{low:12.1f}{high:12.1f}{share}")
    print(f"{'  Avicena over HTTP':34}{p50:12.1f}{p95:12.1f}")


def overload(server: Server, rate: float) -> None:
    """Print what happens at ten times the load that can be sustained."""
    before = server.memory()
    found = server.load(rate=OVERLOAD * rate, seconds=OVERLOAD_SECONDS)
    after = server.memory()
    statuses, times = found["statuses"], found["times"]
    print(f"overload: {OVERLOAD * rate:.0f} requests/s for {OVERLOAD_SECONDS:.0f} s, {found['sent']} sent")
    print(f"  answered {statuses.get(201, 0)}, 503 {statuses.get(503, 0)} (with Retry-After {found['with_retry']})")
    strange = sum(count for status, count in statuses.items() if status not in (201, 503))
    print(f"  anything else {strange}, not sent {found['unsent']}")
    print(
        f"  accepted: {len(times) / OVERLOAD_SECONDS:.1f}/s, P50 {percentile(times, 0.5):.0f} ms, P95 "
        f"{percentile(times, 0.95):.0f} ms (goal < 500)"
    )
    print(f"  server memory {before:.0f} MB before, {after:.0f} MB after")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement")
    parser.add_argument("--clients", type=int, default=8, help="that ask at the same time")
    parser.add_argument("--onnx", type=Path, help="a network to try instead of the released bundle")
    parser.add_argument("--side", type=int, default=224, help="the side of that network's input in pixels")
    parser.add_argument("--folder", type=Path, help="where to put the site (default: the system's temporary folder)")
    parser.add_argument("--no-overload", action="store_true")
    for hidden in ("--client",):
        parser.add_argument(hidden, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--path", default="", help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=float, default=0.0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    client(arguments) if arguments.client else run(arguments)


if __name__ == "__main__":
    main()
