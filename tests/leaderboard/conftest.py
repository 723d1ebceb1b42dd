"""A browser for the tests of pages: Debian's Chromium, driven by Playwright; they are skipped, visibly, without it."""

import shutil
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "leaderboard" / "page" / "static"
STUDY_STATIC = Path(__file__).parents[2] / "leaderboard" / "study" / "static"
MODULES_AT = "http://modules.test/"
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright's Python package is not installed")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine; install Debian's package of that name")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_OPTIONS))
        yield started
        started.close()


@pytest.fixture
def open_page(browser):
    """A function that opens a file of a site; whatever the page complains of or asks other hosts for fails the test."""
    contexts, complaints = [], []

    def opened(path, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(60_000)  # a busy machine is slow, not wrong
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _note(request.url, complaints))
        address, _, place = str(path).partition("#")
        page.goto(Path(address).as_uri() + ("#" + place if place else ""))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _note(address, complaints):
    if not address.startswith(("file:", "blob:", "data:")):
        complaints.append(f"request: {address}")


@pytest.fixture(scope="session")
def modules(browser):
    """A blank page that can import the modules of the site and of the study as they are."""
    context = browser.new_context()
    page = context.new_page()
    context.route(MODULES_AT + "**", _serve)
    page.goto(MODULES_AT)
    yield page
    context.close()


def _serve(route):
    name = route.request.url.removeprefix(MODULES_AT)
    for folder in (STATIC, STUDY_STATIC):
        if name and (folder / name).is_file():
            route.fulfill(path=folder / name, content_type="text/javascript")
            return
    route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
