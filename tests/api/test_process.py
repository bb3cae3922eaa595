"""A real server process under load, in overload, killed, and stopped."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from avicena.api.server import serve
from avicena.api.workers import crew
from avicena.backends.store.verify import verify
from avicena.core.errors import Misconfigured
from tests.api.doors import ASK, PROBLEM, audit, kept
from tests.api.process import Server, connect, form, kill, served, wait_for
from tests.small import picture, small_site

ENOUGH = 1000
FORM = form()


def test_kill_9_under_load_loses_no_acknowledged_answer(folder: Path) -> None:
    acknowledged: list[str] = []
    with served(folder, workers=2, threads=4, waiting=16) as server:
        crew = [threading.Thread(target=ask_until_it_dies, args=(server, acknowledged, which)) for which in range(8)]
        for one in crew:
            one.start()
        wait_for(lambda: len(acknowledged) >= ENOUGH, 300)
        kill(server.process)
        for one in crew:
            one.join(60)
    assert len(set(acknowledged)) == len(acknowledged) >= ENOUGH
    site = small_site(folder)
    assert set(acknowledged) <= {one.id for one in site.store.find("answer")}
    assert verify(site.store, site.keys.seal) is None
    site.close()


def ask_until_it_dies(server: Server, acknowledged: list[str], which: int) -> None:
    """Note the id of every answer that arrived whole."""
    connection = connect(server)
    body, headers = form(picture(which))
    while True:
        try:
            connection.request("POST", ASK, body, headers)
            response = connection.getresponse()
            found = json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            return
        if response.status == 201:
            acknowledged.append(found["id"])


def test_the_excess_gets_503_with_retry_after_and_the_accepted_are_answered(folder: Path) -> None:
    with served(folder, threads=1, waiting=1) as server:
        before = answers(folder)
        results: list[tuple[int, str | None, str | None]] = []
        crew = [threading.Thread(target=ask_some, args=(server, results, 10)) for _ in range(12)]
        for one in crew:
            one.start()
        for one in crew:
            one.join(120)
        found = [status for status, _, _ in results]
        assert len(found) == 120
        assert set(found) == {201, 503}
        for status, retry, kind in results:
            if status == 503:
                assert retry is not None
                assert int(retry) >= 1
                assert kind == PROBLEM
    assert answers(folder) - before == found.count(201)


def ask_some(server: Server, results: list[tuple[int, str | None, str | None]], count: int) -> None:
    connection = connect(server)
    body, headers = form()
    for _ in range(count):
        connection.request("POST", ASK, body, headers)
        response = connection.getresponse()
        response.read()
        results.append((response.status, response.getheader("retry-after"), response.getheader("content-type")))


def answers(folder: Path) -> int:
    """How many answers an installation keeps."""
    site = small_site(folder)
    try:
        return len(site.store.find("answer"))
    finally:
        site.close()


def test_health_answers_while_the_questions_wait(folder: Path) -> None:
    with served(folder, threads=1, waiting=0) as server:
        held = connect(server)
        held.putrequest("POST", ASK)
        held.putheader("content-type", "application/json")
        held.putheader("content-length", "1000")
        held.endheaders(b"{")
        second = connect(server)

        def turned_away() -> bool:
            second.request("GET", "/v1/small-tumour")
            response = second.getresponse()
            response.read()
            return response.status == 503

        wait_for(turned_away)
        second.request("GET", "/health/live")
        assert second.getresponse().status == 200
        held.close()


def test_without_audit_there_is_no_answer(folder: Path) -> None:
    with served(folder, write_timeout=0.5) as server:
        connection = connect(server)
        body, headers = form()
        lock = sqlite3.connect(folder / "avicena.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        connection.request("POST", ASK, body, headers)
        refused = connection.getresponse()
        problem = json.loads(refused.read())
        lock.execute("ROLLBACK")
        lock.close()
        assert (refused.status, refused.getheader("content-type")) == (503, PROBLEM)
        assert "stages" not in problem
        assert int(refused.getheader("retry-after") or 0) >= 1
        connection.request("POST", ASK, body, headers)
        answered = connection.getresponse()
        id = json.loads(answered.read())["id"]
        assert answered.status == 201
        connection.request("GET", "/metrics")
        assert b"avicena_audit_failures_total 1.0" in connection.getresponse().read()
    site = small_site(folder)
    assert [one.id for one in site.store.find("answer")] == [id]
    site.close()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_what_runs_finish_and_it_exits_well(folder: Path, how: signal.Signals, workers: int) -> None:
    with served(folder, workers=workers) as server:
        running = half_asked(server)
        server.process.send_signal(how)
        wait_for(lambda: refuses_connections(server))
        running.send(FORM[0][10:])
        response = running.getresponse()
        assert response.status == 201
        id = json.loads(response.read())["id"]
        assert server.process.wait(30) == 0
    site = small_site(folder)
    assert site.store.get("answer", id) is not None
    site.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_least_busy_worker_gets_the_next_connection_and_figures_are_of_all(folder: Path) -> None:
    with served(folder, workers=2) as server:
        first, second = connect(server), connect(server)
        for one in (first, second, first, second):
            one.request("GET", "/health/live")
            assert one.getresponse().read() == b'{"status":"live"}'
        found = [sockets(pid) for pid in children(server)]
        first.request("GET", "/metrics")
        figures = first.getresponse().read()
    assert len(set(found)) == 1, "one worker holds both connections"
    assert b'avicena_requests_total{method="GET",route="/health/live",status="200"} 4.0' in figures


def test_a_worker_that_dies_is_replaced_and_the_others_answer_meanwhile(folder: Path) -> None:
    with served(folder, workers=2) as server:
        before = children(server)
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: buried(before[0]))
        body, headers = FORM
        for _ in range(4):
            connection = connect(server)
            connection.request("POST", ASK, body, headers)
            assert connection.getresponse().status == 201
        wait_for(lambda: len(children(server)) == 2)
        assert server.stop(signal.SIGTERM) == 0


def test_workers_end_when_their_parent_is_killed(folder: Path) -> None:
    with served(folder, workers=2) as server:
        workers = children(server)
        assert len(workers) == 2
        server.process.kill()
        server.process.wait(30)
        wait_for(lambda: not any(runs(pid) for pid in workers))


def test_workers_that_cannot_start_end_the_service_with_a_sentence(folder: Path) -> None:
    site = small_site(folder, workers=2)
    unknown = replace(site.settings, applications="no.such.module")
    with pytest.raises(Misconfigured, match="worker"), socket.create_server(("127.0.0.1", 0)) as listener:  # noqa: SIM117
        with crew(listener, unknown, 2, 2):
            pytest.fail("they started")
    site.close()


def children(server: Server) -> list[int]:
    """The workers of a server that run."""
    out = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, check=True, text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return [int(pid) for pid, parent, state in rows if int(parent) == server.process.pid and state[0] != "Z"]


def sockets(pid: int) -> int:
    """How many sockets a process holds."""
    links = [path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(str(link).startswith("socket:") for link in links)


def buried(pid: int) -> bool:
    """Whether a process is gone and its parent knows."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def runs(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    out = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False, text=True).stdout
    return bool(out.strip()) and not out.startswith("Z")


def half_asked(server: Server) -> HTTPConnection:
    """A connection whose question is inside, but for the end of its body."""
    connection = connect(server)
    body, headers = FORM
    connection.putrequest("POST", ASK)
    for name, value in (headers | {"content-length": str(len(body))}).items():
        connection.putheader(name, value)
    connection.endheaders(body[:10])
    figures = connect(server)

    def inside() -> bool:
        figures.request("GET", "/metrics")
        return b"avicena_requests_inside 1.0" in figures.getresponse().read()

    wait_for(inside)
    return connection


def refuses_connections(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), 1).close()
    except OSError:
        return True
    return False


def test_a_large_body_is_refused_over_a_real_connection(folder: Path) -> None:
    with served(folder) as server:
        connection = connect(server)
        connection.request("POST", ASK, bytes(50_000_000), {"content-type": "application/json"})
        response = connection.getresponse()
        assert response.status == 413
        response.read()
        connection.request("GET", "/health/live")
        assert connection.getresponse().status == 200
    site = small_site(folder)
    assert audit(site) == [("ask", "TooLarge")]
    assert kept(site)[0] == 0
    site.close()


def test_it_does_not_listen_beyond_this_machine(folder: Path) -> None:
    site = small_site(folder)
    with pytest.raises(Misconfigured, match="this machine only"):
        serve(site, "0.0.0.0", 0)
    site.close()


def test_a_port_that_is_taken_is_said_so(folder: Path) -> None:
    with served(folder) as server:
        site = small_site(folder)
        with pytest.raises(Misconfigured, match="AVICENA_PORT"):
            serve(site, "127.0.0.1", server.port)
    assert os.getpid() != server.process.pid
