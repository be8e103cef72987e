"""The readings as a table with ratios against the goals, as Markdown, and as two small plots."""

from __future__ import annotations

import os
import platform
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
_BEGIN, _END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Readings:
    """What each target was seen to do, round by round."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[dict[str, float]]] = defaultdict(list)
        self.pushes: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, name: str, row: dict[str, float]) -> None:
        """A round at saturation."""
        self.rounds[name].append(row)

    def told(self, name: str, at: str, row: dict[str, Any]) -> None:
        """Times from confirm to push of a paced round, kept in ms."""
        self.pushes[name, at] += [1000 * seconds for seconds in row["told"]]

    def values(self, name: str, what: str) -> list[float]:
        """One figure of all rounds."""
        return [row[what] for row in self.rounds[name]]

    def median(self, name: str, what: str) -> float:
        """Its median."""
        return statistics.median(self.values(name, what))


def _spread(values: list[float], digits: int = 0) -> str:
    low, high = min(values), max(values)
    return f"{statistics.median(values):,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def text(readings: Readings, waiting: dict[str, dict[str, Any]], load_before: float) -> str:
    """All tables, as Markdown."""
    bare = readings.median("Node, bare http", "server_cpu_us")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"{machine}; load average {load_before:.1f} before, {os.getloadavg()[0]:.1f} after. Medians, with the",
        "least and the most of all rounds; the rounds of all rows are interleaved.",
        "",
        "| at saturation | server CPU µs a login | × Node, bare http | logins a second | generator, of a core |",
        "|---|---|---|---|---|",
    ]
    for name in readings.rounds:
        cpu = readings.values(name, "server_cpu_us")
        lines.append(
            f"| {name} | {_spread(cpu)} | {statistics.median(cpu) / bare:.2f} "
            f"| {_spread(readings.values(name, 'flows_per_second'))} "
            f"| {_spread(readings.values(name, 'generator_load'), 2)} |"
        )
    lines += ["", "| confirm to push, ms | p50 | p95 | p99 |", "|---|---|---|---|"]
    titles = {"light": "10 logins a second", "half": "half of its saturation"}
    for (name, at), told in readings.pushes.items():
        title = "raw publish to receive" if name == "Redis" else titles[at]
        p50, p95, p99 = (percentile(told, share) for share in (0.5, 0.95, 0.99))
        lines.append(f"| {name}, {title} | {p50:.2f} | {p95:.2f} | {p99:.2f} |")
    counts = list(next(iter(waiting.values()))["bytes"])
    heads = " | ".join(f"KB each at {int(count):,}" for count in counts)
    lines += [
        "",
        f"| waiting clients | {heads} | CPU idle | µs a connect | µs a disconnect | µs a login beside them |",
        "|---|" + "---|" * (len(counts) + 4),
    ]
    for name, seen in waiting.items():
        each = " | ".join(f"{seen['bytes'][count] / 1000:.1f}" for count in counts)
        lines.append(
            f"| {name} | {each} | {100 * seen['idle_cpu']:.1f}% | {seen['connect_cpu_us']:,.0f} "
            f"| {seen['disconnect_cpu_us']:,.0f} | {seen['flows']['server_cpu_us']:,.0f} |"
        )
    return "\n".join([*lines, "", *_goals(readings, waiting)])


def _goals(readings: Readings, waiting: dict[str, dict[str, Any]]) -> list[str]:
    def cpu(name: str) -> float:
        return readings.median(name, "server_cpu_us")

    def p99(name: str, at: str) -> float:
        return percentile(readings.pushes[name, at], 0.99)

    own, node = waiting["gateway"], waiting["Node, bare http"]
    most = list(own["bytes"])[-1]
    bare = "Node, bare http"
    beside = own["flows"]["server_cpu_us"]
    rows = [
        ("server CPU a login, × Node's bare http", cpu("gateway") / cpu(bare), 1.0),
        ("server CPU a login, × Node's express", cpu("gateway") / cpu("Node, express"), 0.5),
        ("confirm to push p99, light, × raw Redis", p99("gateway", "light") / p99("Redis", "light"), 3.0),
        ("confirm to push p99, half saturation, × Node's", p99("gateway", "half") / p99(bare, "half"), 1.0),
        (f"memory of a client at {int(most):,}, × Node's", own["bytes"][most] / node["bytes"][most], 0.5),
        (f"CPU of {int(most):,} idle ones, of a core", own["idle_cpu"], 0.01),
        ("server CPU a login on 2 workers, × on 1", cpu("gateway, 2 workers") / cpu("gateway"), 1.1),
        (f"server CPU a login beside {int(most):,} waiting, × beside none", beside / cpu("gateway"), 1.1),
    ]  # fmt: skip
    lines = ["| goal | measured | at most | |", "|---|---|---|---|"]
    for title, measured, goal in rows:
        lines.append(f"| {title} | {measured:.3f} | {goal} | {'reached' if measured <= goal else 'missed'} |")
    return lines


def write(figures: str, readings: Readings, waiting: dict[str, dict[str, Any]]) -> None:
    """Put the tables into docs/performance.md, between its two marks, and draw the plots beside it."""
    page = DOCS / "performance.md"
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    page.write_text(f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{rest.partition(_END)[2]}", "utf-8")
    cpu = {name: readings.values(name, "server_cpu_us") for name in readings.rounds}
    (DOCS / "performance-cpu.svg").write_text(_bars("server CPU a login, µs", cpu), "utf-8")
    memory = {
        f"{name}, {int(count):,}": [each / 1000]
        for name, seen in waiting.items()
        for count, each in seen["bytes"].items()
    }
    (DOCS / "performance-memory.svg").write_text(_bars("memory of a waiting client, KB", memory), "utf-8")


def _bars(title: str, rows: dict[str, list[float]]) -> str:
    """Bars of the medians, each with a line from the least to the most."""
    most = max(max(values) for values in rows.values())
    height = 40 + 28 * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="720" height="{height}" fill="#fff"/><text x="10" y="22" font-weight="bold">{title}</text>',
    ]
    for number, (name, values) in enumerate(rows.items()):
        y = 36 + 28 * number
        median, low, high = (420 * value / most for value in (statistics.median(values), min(values), max(values)))
        colour = "#2a6fb0" if name.startswith("gateway") else "#9aa5b1"
        parts.append(f'<text x="10" y="{y + 15}">{name}</text>')
        parts.append(f'<rect x="220" y="{y}" width="{median:.1f}" height="20" fill="{colour}"/>')
        parts.append(f'<path d="M{220 + low:.1f} {y + 10}H{220 + high:.1f}" stroke="#222"/>')
        parts.append(f'<text x="{228 + high:.1f}" y="{y + 15}">{statistics.median(values):,.1f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
