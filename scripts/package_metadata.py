"""Long description and addresses of the package, both from the one setting ``repository`` in pyproject.toml.

PyPI shows README.md, where a link like ``docs/security.md`` leads nowhere. With an address each becomes an absolute
link into the tree of this version; without one its text stays, and a sentence says where the documents are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
ELSEWHERE = "\nThe documents that this page names are in the source distribution.\n"


def long_description(readme: str, root: Path, repository: str, version: str) -> str:
    """README.md as PyPI shows it.

    root: the tree that the links are in; a link to nothing there is a ValueError.
    repository: an address as GitHub has them, or an empty text.
    """

    def absolute(link: re.Match[str]) -> str:
        target = link["target"]
        if target.startswith(("https://", "http://", "mailto:", "#")):
            return link[0]
        if not (root / target.partition("#")[0]).exists():
            raise ValueError(f"README.md links {target}, which is not there; correct the link")
        if not repository:
            return "" if link["picture"] else link["text"]
        kind = "raw" if link["picture"] else "tree" if (root / target).is_dir() else "blob"
        return f"{link['picture']}[{link['text']}]({repository}/{kind}/v{version}/{target})"

    return LINK.sub(absolute, readme) + ("" if repository else ELSEWHERE)


def urls(repository: str, version: str) -> dict[str, str]:
    """``project.urls``; none without a repository."""
    if not repository:
        return {}
    return {
        "Homepage": repository,
        "Documentation": f"{repository}/tree/v{version}/docs",
        "Changelog": f"{repository}/blob/v{version}/CHANGELOG.md",
        "Issues": f"{repository}/issues",
        "Source": repository,
    }


class PackageMetadata(MetadataHookInterface):
    """hatchling's hook."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``readme`` and ``urls``."""
        root = Path(self.root)
        repository = str(self.config["repository"]).rstrip("/")
        version = str(metadata["version"])
        text = long_description((root / "README.md").read_text("utf-8"), root, repository, version)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = urls(repository, version)
