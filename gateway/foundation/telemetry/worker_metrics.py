"""Process metrics of all workers, read from /proc by the one that answers `/metrics` (Linux).

prometheus_client has none with several workers. The names are its own, with the worker's place as a label: a new worker
in the place of one that is gone takes its number over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

_FILE: Final = "workers.json"
LABEL: Final = "worker"
HELP: Final = {
    "process_cpu_seconds_total": "Processor time of the worker, user and system.",
    "process_resident_memory_bytes": "Resident memory of the worker.",
    "process_virtual_memory_bytes": "Virtual memory of the worker.",
    "process_open_fds": "Open file descriptors of the worker.",
    "process_max_fds": "Most file descriptors that the worker may open.",
    "process_start_time_seconds": "Start of the worker's process, as Unix time.",
}


def publish_workers(folder: str, pids: Sequence[int]) -> None:
    """Say which processes are the workers, in the order of their places. Raises OSError."""
    new = Path(folder) / f"{_FILE}.new"
    new.write_text(json.dumps(list(pids)), "utf-8")
    new.replace(Path(folder) / _FILE)


class WorkerProcesses:
    """A collector of prometheus_client; a process that is gone is left out."""

    def collect(self) -> Iterator[Metric]:
        """One family for each name of ``HELP`` that could be read, one sample for each worker."""
        families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}
        for number, pid in enumerate(_pids()):
            for read in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                for sample in read.samples:
                    family = families.get(sample.name) or _family(sample.name)
                    families[sample.name] = family
                    family.add_metric([str(number)], sample.value)
        yield from families.values()


def _family(name: str) -> GaugeMetricFamily | CounterMetricFamily:
    kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
    return kind(name, HELP[name], labels=[LABEL])


def _pids() -> list[int]:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return [os.getpid()]
    with suppress(OSError):
        pids: list[int] = json.loads((Path(folder) / _FILE).read_text("utf-8"))
        return pids
    return []  # not told yet
