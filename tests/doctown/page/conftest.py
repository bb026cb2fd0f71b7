"""A real Chromium, and pages made once and opened from disk without a network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from doctown.page import page_of
from tests.fakes.docpacks import docpack_of
from tests.fakes.open_page import settled

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file of tests: while it is open, playwright's event loop is running in this thread, and no other can."""
    if not Path(CHROMIUM).exists():
        why = f"there is no {CHROMIUM} here; install Debian's chromium"
        pytest.fail(why) if os.environ.get("DOCTOWN_TESTS_NEED_ALL") else pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """The URL of a page on disk, written once for the same arguments."""
    folder, written = tmp_path_factory.mktemp("pages"), {}

    def url_of(points: int, **kinds: bool) -> str:
        name = f"{points}{''.join(sorted(kinds))}"
        if name not in written:
            written[name] = folder / f"{name}.html"
            written[name].write_text(page_of(docpack_of(points, **kinds)), encoding="utf-8")
        return written[name].as_uri()

    return url_of


@pytest.fixture
def opened(browser, files):
    """`with opened(points) as page`: an open page; afterwards it has said nothing and asked for nothing."""

    @contextmanager
    def visit(
        points: int = 200, *, link: str = "", phone: bool = False, quiet: bool = True, **kinds: bool
    ) -> Iterator[Page]:
        looks = PHONE if phone else {"viewport": {"width": 1280, "height": 800}}
        context = browser.new_context(offline=True, reduced_motion="reduce", **looks)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: said.append(f"popup: {popup.url}"))
        page.on("download", lambda download: said.append(f"download: {download.suggested_filename}"))
        url = files(points, **kinds)
        # The icon in the page's head is a data: URL; whatever is neither it nor the page itself would be a request.
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        page.goto(url + link)
        expect(page.locator("html")).to_have_attribute("data-ready", "yes")
        yield page
        settled(page)
        assert not quiet or said == []
        assert not quiet or {each for each in asked if not each.startswith("data:")} == {url}
        context.close()

    return visit
