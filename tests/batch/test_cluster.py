"""Many machines: a real Dask scheduler and real workers, each a process of its own."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from builders import a_request
from stand_in import Desk, a_day

from careleaf.batch import cluster, remote
from careleaf.batch import run as batch
from careleaf.batch.cluster import Cluster
from careleaf.batch.maker import Plan
from careleaf.batch.output_folder import OutputFolder
from careleaf.batch.parcel import Parcel, parcel
from careleaf.batch.run import Tally
from careleaf.errors import HandoutError
from careleaf.lists import intake
from careleaf.lists.tasks import tasks as tasks_of

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent

if importlib.util.find_spec("distributed") is None and not os.environ.get("CI"):
    pytest.skip("Dask is not installed (the extra `cluster`)", allow_module_level=True)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="starts and kills POSIX processes"),
]


@dataclass(frozen=True, slots=True)
class StandIn(Parcel):
    """A parcel that opens the stand-in desk on the worker."""

    edition: str = "first"
    seconds: float = 0.0

    def open(self) -> Desk:
        return Desk(self.edition, self.seconds)


def a_parcel(seconds: float = 0.0) -> StandIn:
    return StandIn(os.urandom(8), date(2026, 11, 23), True, "first", seconds)


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    """The program may have been edited since the last test."""
    remote.fingerprint.cache_clear()


class Machines:
    """A scheduler and its workers, each with a log."""

    def __init__(self, folder: Path, scheme: str = "tcp", **environment: str) -> None:
        self.folder = folder
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        self.address = f"{scheme}://127.0.0.1:{port}"
        self.environment = environment
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start(
            "scheduler", "--host", f"{scheme}://127.0.0.1", "--port", str(port), "--no-dashboard"
        )

    def start(self, *command: str, program: Path = ROOT) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(map(str, (program, TESTS, Path(__file__).parent)))
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            env={**os.environ, "PYTHONPATH": paths, **self.environment},
            cwd=self.folder,
            stdout=log,
            stderr=log,
        )
        self.processes.append(process)
        return process

    def worker(self, *options: str, program: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start a worker without a nanny: killed, it stays away."""
        usual = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder))
        return self.start(
            "worker", self.address, *usual, *(options or ("--no-nanny",)), program=program
        )

    @property
    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def end(self) -> None:
        for process in self.processes:  # nothing to save: no need to ask
            process.kill()
            process.wait()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Callable[..., Machines]]:
    started: list[Machines] = []

    def start(*args: str, **environment: str) -> Machines:
        folder = tmp_path / f"machines-{len(started)}"
        folder.mkdir()
        started.append(Machines(folder, *args, **environment))
        return started[-1]

    yield start
    for one in started:
        one.end()


def run(
    day: Path, out: Path, address: str, goods: Parcel, *, warnings: list[str] | None = None
) -> Tally:
    plan = Plan(Desk, out)
    tasks = tasks_of(intake.read((day,), print, Desk()), Desk())
    with OutputFolder(out) as folder:
        made_by = Cluster(address, plan, goods, (warnings if warnings is not None else []).append)
        return batch.run(tasks, made_by, folder)


def statuses(out: Path) -> list[str]:
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [line["status"] for line in csv.DictReader(file)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_workers_make_the_sheets_and_one_process_writes_them(machines, tmp_path, out):
    there = machines()
    there.worker()
    there.worker()
    names = [f"Zebedee {n}" for n in range(200)] + ["refused", "bug in Zebedee"]
    day = a_day(tmp_path / "day.csv", names)

    first = run(day, out, there.address, a_parcel())
    second = run(day, out, there.address, a_parcel())

    assert (first.made, first.refused) == (200, 2)
    assert (second.made, second.kept, second.refused) == (0, 200, 2)
    assert first.ways == {("stencil", ""): 200}
    assert len(list(out.glob("*.pdf"))) == 200
    assert "Zebedee" not in there.logs


def test_a_worker_killed_in_the_midst_loses_nothing(machines, tmp_path, out):
    there = machines()
    workers = [there.worker(), there.worker()]
    day = a_day(tmp_path / "day.csv", [f"Child {n}" for n in range(400)])

    def kill() -> None:
        while len(list(out.glob("*.pdf"))) < 60:
            time.sleep(0.01)
        workers[0].kill()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    tally = run(day, out, there.address, a_parcel(seconds=0.02))

    assert not killer.is_alive()
    assert workers[0].wait(5) == -signal.SIGKILL
    assert (tally.made, tally.refused) == (400, 0)
    assert statuses(out) == ["made"] * 400


def test_a_worker_that_comes_later_takes_over(machines, tmp_path, out):
    there = machines()
    first = there.worker()
    day = a_day(tmp_path / "day.csv", [f"Child {n}" for n in range(200)])

    def relieve() -> None:
        while len(list(out.glob("*.pdf"))) < 20:
            time.sleep(0.01)
        first.kill()
        there.worker()

    threading.Thread(target=relieve, daemon=True).start()
    tally = run(day, out, there.address, a_parcel(seconds=0.02))

    assert (tally.made, tally.refused) == (200, 0)


def test_a_sheet_that_brings_down_its_workers_is_refused_and_no_other(
    machines, tmp_path, out, monkeypatch
):
    monkeypatch.setattr(cluster, "LIMIT_LOSSES", 1)
    there = machines()
    for _ in range(4):
        there.worker()
    names = [f"Child {n}" for n in range(60)]
    names[7] = "kills"

    tally = run(a_day(tmp_path / "day.csv", names), out, there.address, a_parcel())

    assert (tally.made, tally.refused) == (59, 1)
    assert statuses(out)[7] == "refused"


def another_version(tmp_path: Path) -> Path:
    copy = tmp_path / "another"
    copy.mkdir()
    shutil.copytree(
        ROOT / "careleaf", copy / "careleaf", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "locales", copy / "locales")
    with (copy / "careleaf" / "sheet" / "compose.py").open("a") as file:
        file.write("# another version\n")
    return copy


def test_a_worker_of_another_version_is_named_and_not_used(machines, tmp_path, out):
    there = machines()
    there.worker()
    there.worker("--no-nanny", program=another_version(tmp_path))
    day = a_day(tmp_path / "day.csv", [f"Child {n}" for n in range(50)])
    warnings: list[str] = []
    time.sleep(5)  # both are there before the run begins

    tally = run(day, out, there.address, a_parcel(seconds=0.02), warnings=warnings)

    assert tally.made == 50
    assert len(warnings) == 1
    assert "this worker is not used: program" in warnings[0]


def test_with_none_but_other_versions_nothing_is_made(machines, tmp_path, out):
    there = machines()
    there.worker("--no-nanny", program=another_version(tmp_path))

    with pytest.raises(HandoutError, match="no worker of this cluster can be used"):
        run(a_day(tmp_path / "day.csv", ["Ann"]), out, there.address, a_parcel())

    assert not list(out.glob("*.pdf"))


def test_a_cluster_without_workers_is_said(machines, tmp_path, out, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 4.0)
    there = machines()

    with pytest.raises(HandoutError, match="the cluster has no worker"):
        run(a_day(tmp_path / "day.csv", ["Ann"]), out, there.address, a_parcel())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1:8786", "not the address of a scheduler"),
        ("http://127.0.0.1:8786", "not the address of a scheduler"),
        ("tcp://127.0.0.1:1", "the scheduler is not reached"),
    ],
)
def test_an_address_that_is_none_is_said(tmp_path, out, address, told, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1.0)

    with pytest.raises(HandoutError, match=told):
        run(a_day(tmp_path / "day.csv", ["Ann"]), out, address, a_parcel())


def certificates(folder: Path) -> dict[str, str]:
    """Make a certificate with openssl, and Dask's own settings for it."""
    if shutil.which("openssl") is None and not os.environ.get("CI"):
        pytest.skip("openssl is not installed")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    names = {"CA_FILE": certificate, "SCHEDULER__CERT": certificate, "SCHEDULER__KEY": key}
    names |= {f"{who}__{what}": path for who in ("WORKER", "CLIENT") for what, path in (("CERT", certificate), ("KEY", key))}  # fmt: skip
    settings = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in names.items()}
    return {**settings, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}


def test_everything_can_travel_by_tls(machines, tmp_path, out, monkeypatch):
    import dask

    settings = certificates(tmp_path)
    there = machines("tls", **settings)
    there.worker()
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    dask.config.refresh()
    day = a_day(tmp_path / "day.csv", ["Ann", "Bo"])

    try:
        tally = run(day, out, there.address, a_parcel())
    finally:
        monkeypatch.undo()
        dask.config.refresh()

    assert tally.made == 2


def test_names_in_the_clear_are_warned_of_but_not_on_this_machine():
    assert (
        cluster._is_here("127.0.0.1") and cluster._is_here("localhost") and cluster._is_here("::1")
    )
    assert not cluster._is_here("10.0.0.7") and not cluster._is_here("dask.example.org")


def test_a_parcel_is_the_same_for_the_same_files_and_holds_nothing_of_a_child():
    from careleaf.paths import Root

    first, second = (parcel(Root.at(), date(2026, 11, 23), True) for _ in range(2))

    assert first == second and first.digest == second.digest
    assert len(first.content) < 5_000_000
    assert first.digest != parcel(Root.at(), date(2026, 11, 23), False).digest


def test_a_worker_makes_the_very_bytes_that_this_machine_makes(machines, tmp_path, out):
    from careleaf.desk.desk import Desk as RealDesk
    from careleaf.paths import Root

    there = machines()
    there.worker()
    root, today = Root.at(), date(2026, 11, 23)
    desk = RealDesk.at(root, today)
    day = a_day(tmp_path / "day.csv", ["محمد الحسيني"], locale="nl")
    plan = Plan(partial(RealDesk.at, root, today), out)

    with OutputFolder(out) as folder:
        made_by = Cluster(there.address, plan, parcel(root, today, True), print)
        tally = batch.run(
            tasks_of(intake.read((day,), print, desk.content), desk.content), made_by, folder
        )

    order = desk.order(
        a_request("bone-biopsy", name="محمد الحسيني", date="2026-11-24", locale="nl", id="K2")
    )
    assert tally.made == 1
    assert (out / "K2.bone-biopsy.nl.pdf").read_bytes() == desk.make(order).pdf
