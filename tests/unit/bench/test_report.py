"""The page that the parts make together, and its plots."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import report
from bench.goals import Goal
from bench.plots import Bar, Curves, Plot
from bench.report import Section

SECTIONS = [
    Section(
        title="Logins",
        lines=["| a |", "|---|"],
        goals=[Goal("cost", [0.9], 1.0)],
        plots=[Plot("cpu.svg", "CPU, µs", [Bar.of("gateway", [1.0, 2.0, 3.0]), Bar.of("Node", [4.0])])],
        generator_loads=[0.2, 0.3],
    ),
    Section("Workers", remarks=["There is no Node here."], goals=[Goal("growth", [], 1.0)]),
]


def test_the_goals_of_all_parts_stand_in_one_table_before_the_parts() -> None:
    text = report.page(SECTIONS, "A machine.")
    assert text.startswith("A machine. The load generator took at most 0.30 of a core: it was not the bottleneck.")
    assert text.index("| cost | 0.90 | 1 | reached |\n| growth | – | 1 | not measured |") < text.index("### Logins")
    assert "![CPU, µs](cpu.svg)" in text
    assert text.endswith("### Workers\n\nThere is no Node here.")


def test_a_generator_that_was_the_bottleneck_is_reported_first() -> None:
    text = report.page([Section("Logins", generator_loads=[0.95])], "A machine.")
    assert "up to 0.95 of a core: it was the bottleneck" in text


def test_only_the_text_between_the_marks_is_rewritten(tmp_path: Path) -> None:
    pages = [tmp_path / "performance.md", tmp_path / "performance.zh-CN.md"]
    for page in pages:
        page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    missing = report.write("gateway", SECTIONS, tmp_path)
    for page, figures in zip(pages, ("gateway", "网关"), strict=True):
        assert page.read_text("utf-8") == f"before\n{report.BEGIN}\n\n{figures}\n\n{report.END}\nafter\n"
    for name, bar in (("cpu.svg", "gateway"), ("cpu.zh-CN.svg", "网关")):
        drawn = ElementTree.parse(tmp_path / name).getroot()  # noqa: S314 - our own file
        assert {bar, "CPU, µs"} <= {element.text for element in drawn.iter()}
        assert "#2a6fb0" in [element.get("fill") for element in drawn.iter()]
    assert missing == {"CPU, µs", "Node"}


def test_a_folder_without_the_pages_gets_those_of_the_repository(tmp_path: Path) -> None:
    report.write("gateway", [], tmp_path / "new")
    for name, figures in (("performance.md", "gateway"), ("performance.zh-CN.md", "网关")):
        before, _, rest = (report.DOCS / name).read_text("utf-8").partition(report.BEGIN)
        after = rest.partition(report.END)[2]
        written = (tmp_path / "new" / name).read_text("utf-8")
        assert written == f"{before}{report.BEGIN}\n\n{figures}\n\n{report.END}{after}"


def test_a_page_without_its_marks_is_unchanged_and_the_error_gives_advice(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="put them back"):
        report.write("new", SECTIONS, tmp_path)
    assert page.read_text("utf-8") == "no marks"


@pytest.mark.parametrize("name", ["performance.md", "performance.zh-CN.md"])
def test_the_page_in_the_repository_has_its_marks(name: str) -> None:
    text = (report.DOCS / name).read_text("utf-8")
    assert text.index(report.BEGIN) < text.index(report.END)


def test_the_longest_line_of_a_plot_stays_inside_it() -> None:
    root = ElementTree.fromstring(Plot("x.svg", "t", [Bar("gateway", 1.0, 1.0, 9.0)]).svg())  # noqa: S314 - our own
    path = next(element for element in root.iter() if element.tag.endswith("path"))
    assert path.attrib["d"].endswith("H630.0")


def test_curves_are_named_and_reach_from_point_to_point() -> None:
    curves = Curves("x.svg", "CPU", "clients", {"gateway": [(10.0, 1.0), (20.0, 3.0)], "Bun": [(10.0, 6.0)]})
    root = ElementTree.fromstring(curves.svg())  # noqa: S314 - our own
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert texts == ["CPU", "clients", "10", "20", "1.0", "3.0", "gateway", "6.0", "Bun"]
    circles = [element for element in root.iter() if element.tag.endswith("circle")]
    assert [(circle.get("cx"), circle.get("cy")) for circle in circles] == [
        ("310.0", "252.3"),
        ("560.0", "169.0"),
        ("310.0", "44.0"),
    ]


def test_nothing_is_drawn_without_points() -> None:
    section = Section("Crowd", plots=[Curves("x.svg", "CPU", "clients", {}), Plot("y.svg", "CPU", [])])
    assert "![" not in section.text()
