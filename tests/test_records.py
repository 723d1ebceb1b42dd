from dataclasses import FrozenInstanceError

import pytest

from fairplay_bench.errors import DatasetError, UnknownNameError
from fairplay_bench.records import (
    DEFAULT_PROTOCOL,
    GAO2019,
    PROTOCOLS,
    V1,
    XU2021,
    ModelCard,
    check_clip_id,
    named_protocol,
)


@pytest.mark.parametrize("name", ["000001", "a b", "größer 音", "a.b", "x" * 200, "--help", "C:x"])
def test_names_that_can_name_a_clip(name):
    assert check_clip_id(name, "here") == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".a", "a/b", "/", "a\\b", "a\nb", "a\0", "\x7f", "x" * 201, "音" * 67, "../../x"]
)
def test_names_that_cannot(name):
    with pytest.raises(DatasetError, match=r"^here: .* cannot name a clip; rename it to letters, digits, '_' and"):
        check_clip_id(name, "here")


def test_a_long_name_is_shown_in_part():
    with pytest.raises(DatasetError) as caught:
        check_clip_id("x" * 5000, "here")
    assert len(str(caught.value)) < 200


def test_the_protocols_are_those_of_the_literature():
    assert list(PROTOCOLS) == ["v1", "gao2019", "xu2021"]
    assert DEFAULT_PROTOCOL == "v1"
    assert (GAO2019.hop_s, XU2021.hop_s, V1.hop_s) == (0.05, 0.1, 0.05)
    assert (GAO2019.inverse_n_fft, XU2021.inverse_n_fft, V1.inverse_n_fft) == (510, 510, 512)
    assert GAO2019.metrics == ("stft", "env")
    assert XU2021.metrics == ("stft", "env", "mag", "phase", "snr")
    assert set(V1.metrics) == {"stft", "env", "phase", "snr", "wav", "ild", "itd", "stft_raw", "env_raw"}
    assert all(protocol.normalize and protocol.window_level == 0.1 for protocol in PROTOCOLS.values())


def test_only_one_protocol_tells_the_level_of_the_target():
    assert [name for name, protocol in PROTOCOLS.items() if protocol.oracle_level] == ["gao2019"]


def test_a_protocol_has_its_own_split_set_of_fair_play_alone():
    own = {name: protocol.split_set_of("fair-play") for name, protocol in PROTOCOLS.items()}
    assert own == {"v1": "gao2019", "gao2019": "gao2019", "xu2021": "xu2021"}
    assert V1.split_set_of("mini") is None


def test_protocols_are_found_by_name():
    assert all(named_protocol(name) is protocol for name, protocol in PROTOCOLS.items())
    with pytest.raises(UnknownNameError, match=r"unknown protocol 'xu2020'\. Did you mean 'xu2021'\?"):
        named_protocol("xu2020")


def test_records_cannot_be_changed():
    for record in (V1, ModelCard("a")):
        with pytest.raises(FrozenInstanceError):
            record.name = "b"


def test_a_name_that_is_no_unicode_cannot_name_a_clip():
    with pytest.raises(DatasetError, match="cannot name a clip"):
        check_clip_id("a\udcff", "videos")
