"""The listening page in a browser: playing, switching at the same position, keys, plots."""

import pytest

PLAYING = "document.body.dataset.playing === 'true'"


@pytest.fixture
def listening(site, open_page):
    page = open_page(site / "listen.html")
    page.wait_for_selector("body[data-ready]")
    return page


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def heard(page):
    return page.locator('input[name="version"]:checked').get_attribute("value")


def drawing(page, name):
    return page.evaluate(f"document.querySelector('[data-part=\"{name}\"]').toDataURL()")


def test_plays_to_the_end(listening):
    part(listening, "play").click()
    listening.wait_for_function(PLAYING)
    listening.wait_for_function("Number(document.querySelector('[data-part=\"seek\"]').value) > 0.2")
    listening.wait_for_function("document.body.dataset.playing === 'false'")
    assert part(listening, "play").inner_text() == "Play"


def test_switches_while_it_plays(listening):
    part(listening, "loop").check()
    part(listening, "play").click()
    listening.wait_for_function(PLAYING)
    keys = listening.eval_on_selector_all('input[name="version"]', "radios => radios.map(radio => radio.value)")
    assert len(keys) == 3
    for number, key in enumerate(keys, start=1):
        listening.keyboard.press(str(number))
        assert heard(listening) == key
        assert listening.evaluate(PLAYING)
    listening.locator('input[name="version"]').first.check()
    assert heard(listening) == "target"
    part(listening, "play").click()
    assert not listening.evaluate(PLAYING)


def test_every_version_has_its_own_spectrograms(listening):
    drawn = {}
    for number in (1, 2, 3):
        listening.keyboard.press(str(number))
        drawn[number] = [drawing(listening, f"spectrogram-{ear}") for ear in ("left", "right")]
    target, mono, swapped = (drawn[number] for number in (1, 2, 3))
    assert target[0] != target[1]
    assert mono[0] == mono[1]
    assert swapped == target[::-1]


def test_level_differences_over_time(listening):
    """The first clip is 12 dB louder on the left, the mono is not, swapped ears are on the right."""
    words = part(listening, "side-text")
    assert words.text_content() == "12.0 dB left"
    listening.keyboard.press("2")
    assert words.text_content() == "both alike"
    listening.keyboard.press("3")
    assert words.text_content() == "12.0 dB right"
    assert part(listening, "ild").locator("path.line").count() == 3
    assert part(listening, "ild").locator("path.line.heard").count() == 1


def test_keys_move_the_position_and_the_picture(listening):
    seek = part(listening, "seek")
    picture = part(listening, "picture")
    first = drawing(listening, "picture") if listening.evaluate("location.protocol") != "file:" else None
    assert first is None  # pictures opened from a disk may be drawn, not read back
    listening.wait_for_function("document.querySelector('[data-part=\"picture\"]').dataset.number === '0'")
    listening.evaluate("document.activeElement.blur()")
    listening.keyboard.press("ArrowRight")
    assert float(seek.input_value()) == pytest.approx(1.0)
    assert picture.get_attribute("data-number") == "9"
    listening.keyboard.press("ArrowLeft")
    assert float(seek.input_value()) == 0
    seek.focus()
    listening.keyboard.press("PageUp")
    assert float(seek.input_value()) > 0


def test_space_plays_and_pauses_from_anywhere(listening):
    listening.keyboard.press("l")
    assert part(listening, "loop").is_checked()
    listening.keyboard.press("Space")
    listening.wait_for_function(PLAYING)
    listening.locator('input[name="version"]').nth(1).focus()
    listening.keyboard.press("Space")
    assert not listening.evaluate(PLAYING)
    listening.keyboard.press("ArrowDown")
    assert heard(listening).endswith("swapped") is False
    assert heard(listening) != "target"


def test_another_clip_and_a_link_to_one(listening, site, open_page):
    part(listening, "clip").select_option("1")
    listening.wait_for_selector('body[data-ready="000001"]')
    assert part(listening, "side-text").text_content() == "3.0 dB left"
    page = open_page(f"{site / 'listen.html'}#000002")
    page.wait_for_selector('body[data-ready="000002"]')
    assert part(page, "side-text").text_content() == "both alike"


def test_saves_what_is_heard(listening, tmp_path):
    import soundfile

    listening.keyboard.press("2")
    with listening.expect_download() as saved:
        part(listening, "save").click()
    saved.value.save_as(tmp_path / "saved.wav")
    samples, rate = soundfile.read(tmp_path / "saved.wav")
    assert (samples.shape, rate) == ((16_000, 2), 16_000)
    assert (samples[:, 0] == samples[:, 1]).all()


def test_the_name_of_a_version_is_text(listening):
    assert listening.locator("[data-name]").nth(2).text_content() == "<b>swapped</b>"
    assert listening.locator("[data-part='versions'] b").count() == 0
