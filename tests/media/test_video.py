from fractions import Fraction

import av
import numpy as np
import pytest

from fairplay_bench.errors import MediaError
from fairplay_bench.media.video import frame_time, take_frames, video_duration_s

RATES = [Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(30), Fraction(60)]


def expected(times, count):
    """Frame k is the last picture before (k - 0.5) / 10 s; before the first picture there is only the first."""
    moments = [Fraction(2 * k - 1, 20) for k in range(1, count + 1)]
    return [max((n for n, time in enumerate(times) if time < moment), default=0) for moment in moments]


def chosen_by_the_fps_filter(path, number_of):
    """Pictures that libavfilter's fps=10 passes on, the filter that the ffmpeg program runs."""
    numbers = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        graph = av.filter.Graph()
        source, fps, sink = graph.add_buffer(template=stream), graph.add("fps", "10"), graph.add("buffersink")
        source.link_to(fps)
        fps.link_to(sink)
        graph.configure()
        for frame in [*container.decode(stream), None]:
            source.push(frame)
            while True:
                try:
                    numbers.append(number_of(sink.pull().to_ndarray(format="rgb24")))
                except (av.BlockingIOError, av.EOFError):
                    break
    return numbers


def chosen(path, count, number_of):
    return [number_of(image) for image in take_frames(path, count, 64, 32)]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.2f}")
@pytest.mark.parametrize("options", [{}, {"preset": "veryfast", "bf": "3"}], ids=["in order", "with B-pictures"])
def test_takes_the_last_picture_before_each_moment(tmp_path, write_numbered, number_of, rate, options):
    pictures = round(10 * rate) if not options else round(3 * rate)
    count = pictures * 10 // round(rate)
    path = write_numbered(tmp_path / "a.mp4", rate, pictures, options=options)
    numbers = chosen(path, count, number_of)
    assert numbers == expected([n / rate for n in range(pictures)], count)
    assert numbers == chosen_by_the_fps_filter(path, number_of)[:count]


def test_the_first_frames_at_thirty_pictures_a_second_are_1_4_7(tmp_path, write_numbered, number_of):
    path = write_numbered(tmp_path / "a.mp4", Fraction(30))
    assert chosen(path, 10, number_of) == list(range(1, 30, 3))


@pytest.mark.parametrize("late", [1, 2, 3, 24], ids=lambda late: f"{late} pictures late")
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.2f}")
def test_counts_from_the_start_of_the_file(tmp_path, write_numbered, number_of, rate, late):
    times = [n / rate for n in range(round(rate))]
    path = write_numbered(tmp_path / "a.mp4", rate, times=[time + late / rate for time in times])
    assert chosen(path, 10, number_of) == expected(times, 10)


def test_pictures_later_than_the_sound_keep_their_distance_from_it(tmp_path, write_numbered, number_of):
    rate = Fraction(30)
    times = [Fraction(1, 3) + n / rate for n in range(30)]
    path = write_numbered(tmp_path / "a.mp4", rate, times=times, sound_s=1.3)
    numbers = chosen(path, 13, number_of)
    assert numbers == expected(times, 13)
    assert numbers[:5] == [0, 0, 0, 0, 3]


def test_pictures_at_uneven_times(tmp_path, write_numbered, number_of):
    steps_ms = np.random.default_rng(3).integers(1, 120, 60)
    times = [Fraction(int(ms), 1000) for ms in np.concatenate([[0], np.cumsum(steps_ms)])]
    path = write_numbered(tmp_path / "a.mp4", Fraction(1000), times=times)
    count = int(times[-1] * 10)
    assert chosen(path, count, number_of) == expected(times, count)


def test_a_slow_video_repeats_its_pictures(tmp_path, write_numbered, number_of):
    path = write_numbered(tmp_path / "a.mp4", Fraction(4), 8)
    assert chosen(path, 20, number_of) == expected([Fraction(n, 4) for n in range(8)], 20)


def test_frames_have_the_wanted_size_and_are_not_each_other(tmp_path, write_numbered, number_of):
    path = write_numbered(tmp_path / "a.mp4", Fraction(30), sound_s=1)
    images = list(take_frames(path, 10, 480, 240))
    assert {image.shape for image in images} == {(240, 480, 3)}
    assert {image.dtype for image in images} == {np.dtype(np.uint8)}
    assert [number_of(image) for image in images] == list(range(1, 30, 3))


def test_pictures_may_end_half_a_second_early_and_the_last_is_held(tmp_path, write_numbered, number_of):
    path = write_numbered(tmp_path / "a.mp4", Fraction(30), 30)  # the last at 0.967 s
    assert chosen(path, 15, number_of)[-5:] == [29] * 5
    with pytest.raises(MediaError, match=r"a\.mp4: its pictures end at 1\.00 s but 1\.55 s are needed; copy"):
        list(take_frames(path, 16, 64, 32))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.flv"])
def test_the_last_picture_lasts_as_long_as_it_is_shown(tmp_path, write_numbered, number_of, name):
    path = write_numbered(tmp_path / name, Fraction(1), 3)
    assert chosen(path, 30, number_of) == expected([0, 1, 2], 30)
    with pytest.raises(MediaError, match=r"its pictures end at 3\.00 s but 3\.55 s are needed"):
        list(take_frames(path, 36, 64, 32))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.flv", "a.ts"])
@pytest.mark.parametrize("rate", [Fraction(30), Fraction(2)])
def test_the_length_of_the_pictures_is_not_that_of_the_sound(tmp_path, write_numbered, name, rate):
    path = write_numbered(tmp_path / name, rate, int(rate), sound_s=3)
    assert video_duration_s(path) == pytest.approx(1, abs=0.04)


def test_a_file_that_tells_no_times(tmp_path, write_numbered):
    path = write_numbered(tmp_path / "a.mkv", Fraction(30), times=[], sound_s=1)
    with pytest.raises(MediaError, match=r"a\.mkv: has no picture track"):
        video_duration_s(path)


def test_frame_times_are_exact():
    assert [frame_time(number) for number in (1, 2, 100)] == [Fraction(1, 20), Fraction(3, 20), Fraction(199, 20)]


def refusal(path):
    with pytest.raises(MediaError) as caught:
        list(take_frames(path, 5, 64, 32))
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


def test_a_missing_file(tmp_path):
    assert refusal(tmp_path / "none.mp4") == "missing; copy or download it."


def test_an_empty_file(tmp_path):
    (tmp_path / "a.mp4").touch()
    assert refusal(tmp_path / "a.mp4") == "the file is empty; copy or download it again."


def test_a_git_lfs_pointer(tmp_path):
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 56000000\n"
    (tmp_path / "a.mp4").write_text(text)
    assert "git-LFS pointer" in refusal(tmp_path / "a.mp4")
    assert "`git lfs pull`" in refusal(tmp_path / "a.mp4")


def test_a_file_that_is_no_video(tmp_path):
    (tmp_path / "a.mp4").write_text("no video at all, but long enough to be looked at\n" * 40)
    assert refusal(tmp_path / "a.mp4").startswith("cannot be decoded (")


def test_a_folder_in_its_place(tmp_path):
    (tmp_path / "a.mp4").mkdir()
    assert refusal(tmp_path / "a.mp4").startswith("cannot be opened (Is a directory)")


def test_a_video_without_a_picture_track(tmp_path, write_numbered):
    path = write_numbered(tmp_path / "a.mp4", Fraction(30), times=[], sound_s=1)
    assert refusal(path) == "has no picture track."


def test_a_picture_format_that_nobody_knows(tmp_path, write_numbered):
    path = write_numbered(tmp_path / "a.mp4", Fraction(30))
    content = path.read_bytes()
    assert content.count(b"avc1") == 2  # brand and sample entry
    place = content.rindex(b"avc1")
    path.write_bytes(content[:place] + b"zzzz" + content[place + 4 :])
    assert "cannot be decoded" in refusal(path)


def test_titles_in_other_encodings_do_no_harm(tmp_path, write_numbered, number_of):
    path = write_numbered(tmp_path / "a.mp4", Fraction(30), metadata={"title": "marker-XX"})
    path.write_bytes(path.read_bytes().replace(b"marker-XX", b"marker-\xe9\xff"))
    assert chosen(path, 10, number_of) == list(range(1, 30, 3))


def test_a_relative_path_that_looks_like_an_address(tmp_path, write_numbered, number_of, monkeypatch):
    path = write_numbered(tmp_path / "fair:play" / "a.mp4", Fraction(30))
    monkeypatch.chdir(tmp_path)
    assert chosen(path.relative_to(tmp_path), 10, number_of) == list(range(1, 30, 3))
