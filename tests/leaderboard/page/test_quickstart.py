"""The way of a newcomer: the quickstart, then the page of its results in a browser."""

import pytest


@pytest.mark.slow
def test_the_page_at_the_end_of_the_quickstart(tmp_path, open_page, capsys):
    from fairplay_bench.cli import main

    out = tmp_path / "quickstart"
    with pytest.raises(SystemExit) as left:
        main(["quickstart", "--clips", "10", "--jobs", "1", "--out", str(out)])
    assert left.value.code == 0
    assert str(out / "site" / "index.html") in capsys.readouterr().out.replace("\n", " ")
    page = open_page(out / "site" / "index.html")
    page.get_by_role("button", name="Method").click()
    assert page.locator("tbody tr").first.locator("th").inner_text().startswith("Mono-Mono")
    page.get_by_label("Filter by words").fill("swapped")
    assert page.locator("tbody tr:not([hidden])").count() == 1
    page.get_by_role("link", name="Listen", exact=True).click()
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("button", name="Play").click()
    page.keyboard.press("3")
    assert page.locator("input:checked[name=version]").get_attribute("value").endswith("swapped-ears")
    page.wait_for_function("Number(document.querySelector('[data-part=\"seek\"]').value) > 0.1")
    assert page.evaluate("document.body.dataset.playing") == "true"
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("link", name="About Mono-Mono").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Mono-Mono"
