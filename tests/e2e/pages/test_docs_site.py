"""`make docs`: the documentation as a site, read as a browser reads it."""

from __future__ import annotations

import fcntl
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.pages.tools import ROOT

pytestmark = pytest.mark.slow

SITE = ROOT / "build" / "docs" / "site"
SECONDS = 500
# In one language, and in the other.
PAGES = [
    ("deployment", "Deployment", "部署"),
    ("how-to/pytest", "Test with pytest", "用 pytest 测试"),
    ("security", "Security", "安全"),
]


@pytest.fixture(scope="module")
def site(testrun_uid: str) -> Path:
    """The site, made by `make docs`, once in a run of tests: several workers may ask for it.

    CI makes its tools beforehand; nothing is installed in the middle of a test.
    """
    if subprocess.run(["make", "--question", ".venv/docs"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("The tools for the documentation are missing: `make .venv/docs` installs them.")
    SITE.parent.mkdir(parents=True, exist_ok=True)
    with (SITE.parent / "made-for").open("a+") as made_for:
        fcntl.flock(made_for, fcntl.LOCK_EX)
        made_for.seek(0)
        if made_for.read() != testrun_uid:
            made = subprocess.run(
                ["make", "docs"], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            assert made.returncode == 0, made.stdout + made.stderr
            made_for.truncate(0)
            made_for.write(testrun_uid)
    return SITE


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Where the site is served, below a folder as on most hosts."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix("/docs"))

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/docs/"
        server.shutdown()
        thread.join()


class Links(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places = {""}
        self.title = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.places.update(filter(None, (found.get("id"), found.get("name"))))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        loads = found.get("src") or (found.get("href") if tag == "link" and found.get("rel") == "stylesheet" else None)
        if loads:
            self.loaded.append(loads)


def test_it_builds_and_no_link_of_any_page_leads_nowhere(site: Path) -> None:
    pages = {path: Links(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert len(pages) > 80
    broken: list[str] = []
    for path, page in pages.items():
        here = path.relative_to(site).as_posix()
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(urljoin(f"http://site/{here.removesuffix('index.html')}", link))
            if parts.netloc != "site":
                assert link in page.links, f"{here} loads {link} from elsewhere"
                continue
            target = site / unquote(parts.path).strip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (target in pages and unquote(parts.fragment) not in pages[target].places):
                broken.append(f"{here}: {link}")
    assert broken == []


@pytest.mark.parametrize(("path", "english", "chinese"), PAGES)
def test_pages_are_in_both_languages(site: Path, path: str, english: str, chinese: str) -> None:
    for folder, language, title in ((site, "en", english), (site / "zh-CN", "zh", chinese)):
        text = (folder / path / "index.html").read_text("utf-8")
        assert f'<html lang="{language}"' in text
        assert f">{title}<" in text


def test_a_reader_searches_in_chinese_changes_language_and_sees_diagrams(browser: Browser, address: str) -> None:
    with browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 820}) as context:
        page: Page = context.new_page()
        elsewhere: list[str] = []

        def requested(request: Request) -> None:
            if urlsplit(request.url).netloc != urlsplit(address).netloc:
                elsewhere.append(request.url)

        page.on("request", requested)
        page.goto(f"{address}zh-CN/")
        page.get_by_role("textbox", name="搜索").fill("动态口令")
        found = page.locator(".md-search-result__item a", has_text="以网关时钟计算动态口令").first
        found.click()
        page.wait_for_url(lambda url: url.startswith(f"{address}zh-CN/how-to/curl/"))
        expect(page.get_by_role("heading", name="以网关时钟计算动态口令")).to_be_in_viewport()
        page.goto(f"{address}zh-CN/architecture/")
        # The theme puts the drawing into a shadow root that is closed: what is left of it to see is its size.
        page.wait_for_function("document.querySelector('div.mermaid')?.getBoundingClientRect().height > 200")
        page.get_by_role("button", name="选择当前语言").hover()
        page.get_by_role("link", name="English").click()
        expect(page).to_have_url(f"{address}architecture/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Architecture")
        assert elsewhere == []
