"""Lay out the pages of the documentation site: `make docs` runs this, then MkDocs.

python docs/site/stage.py FOLDER [MERMAID]

The pages are written for readers of the repository. For the site this copies `docs/`, the pages at the repository's
root, and every file that a page links to, into FOLDER. It rewrites the links, leaves out those between two languages
(the site has a switch), and gives each page that is in English alone a Chinese place. MERMAID is the file
mermaid.min.js; without it the theme loads one from a CDN. A link to nothing ends this with exit code 1 and a sentence.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CHINESE: Final = ".zh-CN"
OUTSIDE: Final = {
    "README": "index",
    "CHANGELOG": "changelog",
    "CONTRIBUTING": "contributing",
    "SECURITY": "reporting",
    "clients/node/README": "node-package",
}
"""The pages that are not in `docs/`, without their endings: where they are, and their place on the site."""
NOT_PAGES: Final = {"site"}
"""Folders of `docs/` that hold no pages."""
ONLY_ENGLISH: Final = "*本页只有英文。*\n\n"
HAN: Final = re.compile(r"[\u4e00-\u9fff]")
CODE: Final = re.compile(r"(^```.*?^```|`(?:[^`\n]|\n(?!\n))*`)", re.DOTALL | re.MULTILINE)
GLUED: Final = re.compile(r"^((?![-*|#>`<\s]|\d+\. ).*)\n(?=[-*] |1\. |\|)", re.MULTILINE)
"""A list or a table right below a paragraph: GitHub begins it there, Python-Markdown wants a blank line."""
FENCE: Final = re.compile(r"(^```.*?^```)", re.DOTALL | re.MULTILINE)
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
OTHER_LANGUAGE: Final = re.compile(r"^(.*?) ?\[(?:中文|English)\]\([^)]+\)(?: · |\. |。)?", re.MULTILINE)


class BrokenLinkError(Exception):
    """A page links to nothing; the text is a sentence that names both."""


@cache
def sources() -> list[PurePosixPath]:
    """The pages of the repository that the site has, relative to its root, in both languages."""
    docs = ROOT / "docs"
    pages = [path for path in docs.rglob("*.md") if path.relative_to(docs).parts[0] not in NOT_PAGES]
    pages += [path for name in OUTSIDE for path in ROOT.glob(f"{name}*.md")]
    return sorted(PurePosixPath(path.relative_to(ROOT).as_posix()) for path in pages)


def place(source: PurePosixPath) -> PurePosixPath:
    """Where a page or a file of the repository is on the site."""
    if source.parts[0] == "docs":
        return source.relative_to("docs")
    stem = source.with_suffix("")
    language = CHINESE if stem.name.endswith(CHINESE) else ""
    name = OUTSIDE.get(str(stem).removesuffix(CHINESE))
    return PurePosixPath("files") / source if name is None else PurePosixPath(f"{name}{language}.md")


def twin(source: PurePosixPath) -> PurePosixPath:
    """The Chinese page beside an English one."""
    return source.with_name(f"{source.stem}{CHINESE}.md")


def target_of(source: PurePosixPath, link: str) -> PurePosixPath:
    """The file of the repository that a link means; of a folder its README. Raises BrokenLinkError."""
    target = PurePosixPath(os.path.normpath(source.parent / link))
    if (ROOT / target).is_dir():
        target /= "README.md"
    if not (ROOT / target).is_file():
        raise BrokenLinkError(f"{source} links to {link}, which is not in the repository.")
    return target


def for_site(source: PurePosixPath, text: str, use: Callable[[PurePosixPath], object], *, anchors: bool = True) -> str:
    """The text of a page as the site has it. ``use`` is told each file of the repository that it links to.

    Without ``anchors`` a link to a part of another page leads to the whole page: a heading's anchor is its own words,
    which the page in the other language does not have. Raises BrokenLinkError.
    """
    here = place(source).parent

    def rewritten(match: re.Match[str]) -> str:
        link, mark, anchor = match[1].partition("#")
        if not link or re.match(r"[a-z]+:", link):
            return match[0]
        target = target_of(source, link)
        use(target)
        anchor = mark + anchor if anchors else ""
        if (
            source.stem.endswith(CHINESE) and twin(target) in pages
        ):  # on purpose: there the Chinese page would take its place
            return f"]({'../' * len(place(source).parts)}../{place(target).with_suffix('')}/{anchor})"
        return f"]({os.path.relpath(place(target), here)}{anchor})"

    pages = sources()
    text = OTHER_LANGUAGE.sub(r"\1", text, count=1)
    parts = FENCE.split(text)
    parts[::2] = [GLUED.sub("\\1\n\n", part) for part in parts[::2]]
    parts = CODE.split("".join(parts))
    parts[::2] = [LINK.sub(rewritten, part) for part in parts[::2]]
    return "".join(parts)


def stage(folder: Path, mermaid: Path | None = None) -> None:
    """Write all of it into ``folder``, which is emptied first. Raises BrokenLinkError."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = sources()
    linked: set[PurePosixPath] = set()

    def write(to: PurePosixPath, text: str) -> None:
        path = folder / to
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    for source in pages:
        text = (ROOT / source).read_text("utf-8")
        write(place(source), for_site(source, text, linked.add))
        if not source.stem.endswith(CHINESE) and twin(source) not in pages:
            text = for_site(source, text, linked.add, anchors=False)
            write(twin(place(source)), text if HAN.search(text) else text.replace("\n\n", f"\n\n{ONLY_ENGLISH}", 1))
    for asset in linked - set(pages):
        path = folder / place(asset)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / asset, path)
    shutil.copyfile(Path(__file__).with_name("colours.css"), folder / "colours.css")
    if mermaid is not None:
        shutil.copyfile(mermaid, folder / "mermaid.min.js")


if __name__ == "__main__":
    try:
        stage(*map(Path, sys.argv[1:]))
    except BrokenLinkError as broken:
        sys.exit(str(broken))
