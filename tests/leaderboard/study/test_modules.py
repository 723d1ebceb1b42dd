"""The modules of the study page: the tones of the headphone check, the drawing of orders."""

import numpy as np
import pytest

RATE = 2000
TONES = """async (rate) => {
    const { ORDERS, softest, threeTones } = await import("/headphones.mjs");
    return ORDERS.map((order) => {
        const { left, right } = threeTones(order, rate);
        return [order, softest(order), [...left], [...right]];
    });
}"""


@pytest.fixture
def questions(modules):
    return [
        (order, place, np.array(left), np.array(right)) for order, place, left, right in modules.evaluate(TONES, RATE)
    ]


def test_each_order_of_the_three_tones_comes_once(questions):
    assert sorted(order for order, *_ in questions) == sorted(["ISO", "IOS", "SIO", "SOI", "OIS", "OSI"])


def test_one_tone_is_6_db_softer_and_another_in_antiphase(questions):
    for order, softest, left, right in questions:
        assert len(left) == 4 * RATE  # three tones of 1 s, two pauses of 0.5 s
        tones = [(ear[int(1.5 * RATE * k) :][:RATE]) for ear in (left, right) for k in range(3)]
        levels = np.array([np.sqrt(np.mean(tone**2)) for tone in tones[:3]])
        assert order[softest - 1] == "S"
        others = np.delete(levels, softest - 1)
        assert others[0] == pytest.approx(others[1])
        assert 20 * np.log10(levels[softest - 1] / others[0]) == pytest.approx(-6, abs=1e-3)
        for k, kind in enumerate(order):
            np.testing.assert_allclose(tones[3 + k], -tones[k] if kind == "O" else tones[k], atol=1e-7)
        assert not left[RATE : int(1.5 * RATE)].any()


def test_the_tones_are_of_200_hz_and_fade(questions):
    tone = questions[0][2][:RATE]
    assert np.abs(np.fft.rfft(tone)).argmax() == 200
    assert np.abs(tone[:20]).max() < 0.11 * np.abs(tone).max()  # 10 ms into a fade of 100 ms
    assert np.abs(tone[-20:]).max() < 0.11 * np.abs(tone).max()


SHUFFLES = """async ([count, items]) => {
    const { chance, randomName, shuffled } = await import("/order.mjs");
    const drawn = Array.from({ length: count }, (_, i) => shuffled(items, chance(`name ${i}`)));
    return [drawn, shuffled(items, chance("name 0")), randomName(), randomName()];
}"""


def test_orders_follow_from_the_name_and_favour_none(modules):
    items = list(range(6))
    drawn, again, one_name, another = modules.evaluate(SHUFFLES, [1200, items])
    assert drawn[0] == again
    assert all(sorted(order) == items for order in drawn)
    counts = np.array([[sum(order[place] == item for order in drawn) for item in items] for place in range(6)])
    assert counts.min() > 140  # 200 are expected, with a deviation of 13
    assert counts.max() < 260
    assert len(one_name) == 32
    assert one_name != another
    assert int(one_name, 16) > 0
