"""The tables in a browser: sorted by every column, filtered, walked by keyboard; strangers' texts stay texts."""

import re

import pytest

from .boards import HOSTILE

ROWS = "#t-mini-seeded-v1 tbody tr:not([hidden])"


def column(page, place):
    """Values of a column in the order in which the rows stand."""
    return page.eval_on_selector_all(ROWS, f"rows => rows.map(row => row.cells[{place}].dataset.value)")


def numbers(values):
    return [float(value) for value in values if value]


def test_sorts_by_each_column_both_ways(site, open_page):
    page = open_page(site / "index.html")
    heads = page.locator("#t-mini-seeded-v1 thead th")
    before = column(page, 2)
    for place in range(heads.count()):
        head = heads.nth(place)
        number = head.get_attribute("data-kind") == "number"
        for _ in range(2):
            head.get_by_role("button").click()
            direction = head.get_attribute("aria-sort")
            values = column(page, place)
            assert len(values) == len(before)
            key = float if number else str.casefold
            known = [value for value in values if value]
            ordered = sorted(known, key=key, reverse=direction == "descending")
            if number:
                assert known == ordered, place
                assert values[len(known) :] == [""] * (len(values) - len(known))  # what is missing comes last
            else:
                assert {known[0], known[-1]} <= {ordered[0], ordered[-1]} | set(known)
        assert page.locator("[aria-sort]").count() == 1
    assert sorted(before) == sorted(column(page, 2))


def test_the_first_click_brings_the_better_end_up(site, open_page):
    page = open_page(site / "index.html")
    for name, best in (("stft", min), ("snr", max)):
        head = page.locator("#t-mini-seeded-v1 thead th", has_text=re.compile(rf"^{name}\b(?!_)"))
        head.get_by_role("button").click()
        values = numbers(column(page, head.evaluate("head => head.cellIndex")))
        assert values[0] == best(values)


def test_names_sort_as_words(site, open_page):
    page = open_page(site / "index.html")
    page.get_by_role("button", name="Method").click()
    names = column(page, 0)
    assert [name for name in names if name.isalnum()] == ["Good", "Mono2Binaural", "Other", "Plain", "target"]
    page.get_by_role("button", name="Method").click()
    assert column(page, 0) == names[::-1]


def test_filters_by_words_and_kind(site, open_page):
    page = open_page(site / "index.html")
    count = page.locator("[data-count]").first
    everything = len(column(page, 0))
    page.get_by_label("Filter by words").fill("mono bin")
    assert column(page, 0) == ["Mono2Binaural"]
    assert count.text_content() == f"1 of {everything} rows"
    page.get_by_label("Filter by words").fill("no such method")
    assert column(page, 0) == []
    page.get_by_label("Filter by words").fill("")
    page.get_by_label("Show").select_option("published")
    assert sorted(column(page, 0)) == ["Mono2Binaural", "Other"]
    page.get_by_label("Show").select_option("")
    assert len(column(page, 0)) == everything


def test_keyboard_alone_sorts_and_follows_a_link(site, open_page):
    page = open_page(site / "index.html")
    focused = "document.activeElement.textContent.trim()"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "To the content"
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(focused))
        if seen[-1].startswith("stft"):
            break
    assert seen[-1].startswith("stft"), seen
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").inner_text().startswith("stft")
    assert page.locator("[data-status]").inner_text().startswith("Sorted by stft")
    while page.evaluate(focused) != "Good":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/methods/good*.html")
    assert page.get_by_role("heading", level=1).inner_text() == "Good"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(site, open_page, width, scheme):
    page = open_page(site / "index.html", viewport={"width": width, "height": 844}, color_scheme=scheme)
    pages = [next(site.glob(kind)) for kind in ("*n.html", "tables/*", "methods/good*", "methods/s*", "compare/*/m*")]
    for path in pages:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 27)"
        assert dark == (scheme == "dark")


def test_the_theme_can_be_chosen_and_is_remembered(site, open_page):
    page = open_page(site / "index.html", color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Use the dark theme").click()
    dark = page.evaluate(colour)
    assert dark != light
    page.reload()
    assert page.evaluate(colour) == dark


def test_texts_of_strangers_stay_texts(site, open_page):
    page = open_page(site / "index.html")
    link = page.locator("#t-mini-seeded-v1 tbody th a", has_text="document.title")
    assert link.text_content() == HOSTILE
    assert page.title() == "2.5D visual sound: the leaderboard"
    page.goto((site / link.get_attribute("href")).as_uri())
    assert page.get_by_role("heading", level=1).text_content().strip() == HOSTILE
    assert page.locator("dd", has_text="document.title").text_content() == HOSTILE
    assert "javascript:alert(1)" in page.locator("dl").text_content()
    assert "\u202e" not in page.title()
    for path in site.rglob("*.html"):
        page.goto(path.as_uri())
        schemes = page.eval_on_selector_all("a[href]", "links => links.map(link => link.protocol)")
        assert set(schemes) <= {"file:", "https:"}, path
        assert page.evaluate("document.querySelectorAll('script').length") <= 2
        assert page.evaluate("document.querySelectorAll('img, iframe, object, [onerror]').length") == 0


def test_the_policy_of_a_page_runs_no_other_script(site, browser):
    """Even where a text came into a page unescaped, it could not run."""
    path = site / "methods" / next((site / "methods").glob("good*.html")).name
    context = browser.new_context()
    page, refused = context.new_page(), []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(path.as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken'";
            document.body.append(script);
        }"""
    )
    assert page.title() == "Good"
    assert len(refused) == 1
    assert "Content Security Policy" in refused[0]
    context.close()
