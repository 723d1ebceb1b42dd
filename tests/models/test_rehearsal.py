"""A method that does not keep its contract is told so before any clip is read."""

import numpy as np
import pytest
import torch

from baselines.mono_mono import MonoMono
from fairplay_bench.errors import MethodError, OptionError
from fairplay_bench.models.rehearsal import checked_ears, rehearse, rehearse_separator, what_was_raised


class Answering:
    """Answers with what a function makes of the clip."""

    def __init__(self, answer):
        self.binauralize = answer


def test_a_method_that_keeps_its_contract_passes():
    rehearse(MonoMono())


def test_what_it_is_given():
    seen = []

    def answer(clip):
        seen.append(clip)
        return clip.mono.expand(2, -1)

    rehearse(Answering(answer))
    first, second = seen
    assert tuple(first.mono.shape) == (8000,)
    assert (first.mono.dtype, first.sample_rate, first.duration_s) == (torch.float32, 16_000, 0.5)
    assert torch.equal(first.mono, second.mono)
    assert float(first.mono.std()) == pytest.approx(0.1, rel=0.05)
    assert first.frames.count == 5
    picture = first.frames.at(0.2)
    assert (tuple(picture.shape), picture.dtype) == ((3, 240, 480), torch.uint8)
    assert torch.equal(picture, second.frames.at(0.2))
    assert not torch.equal(picture, first.frames.at(0.4))
    assert first.level(0, 10_080) > 0
    assert first.omni is None


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64, torch.bfloat16])
def test_any_floating_type_will_do(dtype):
    rehearse(Answering(lambda clip: clip.mono.expand(2, -1).to(dtype)))


def test_gradients_do_not_matter():
    weight = torch.ones(2, 1, requires_grad=True)
    rehearse(Answering(lambda clip: weight * clip.mono))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda clip: clip.mono, r"expected shape \(2, samples\), got \(8000,\)\."),
        (lambda clip: clip.mono[None], r"expected shape \(2, samples\), got \(1, 8000\)\."),
        (lambda clip: clip.mono.expand(3, -1), r"expected shape \(2, samples\), got \(3, 8000\)\."),
        (lambda clip: clip.mono.expand(2, -1).T, r"expected shape \(2, samples\), got \(8000, 2\)\."),
        (lambda clip: clip.mono.expand(1, 2, -1), r"expected shape \(2, samples\), got \(1, 2, 8000\)\."),
        (lambda clip: clip.mono.expand(2, -1)[:, 1:], r"expected 8000 samples like the mono, got 7999\."),
        (lambda _: torch.zeros(2, 8000, dtype=torch.int16), r"expected a floating-point tensor, got torch\.int16\."),
        (lambda _: torch.zeros(2, 8000, dtype=torch.complex64), r"floating-point tensor, got torch\.complex64\."),
        (lambda clip: clip.mono.expand(2, -1).numpy(), r"expected a floating-point tensor, got ndarray\."),
        (lambda _: None, r"expected a floating-point tensor, got NoneType\."),
        (lambda clip: clip.mono.expand(2, -1) * np.nan, r"NaN or infinite values\."),
        (lambda clip: clip.mono.expand(2, -1) / 0, r"NaN or infinite values\."),
    ],
)
def test_a_wrong_answer_is_refused(answer, message):
    with pytest.raises(MethodError, match=rf"^Answering: {message}$" if message.startswith("e") else message):
        rehearse(Answering(answer))


def test_a_method_must_repeat_itself():
    with pytest.raises(MethodError, match=r"^Answering: two runs on the same clip differ; set eval mode and fix the"):
        rehearse(Answering(lambda _: torch.rand(2, 8000)))


def test_a_method_that_remembers_is_caught():
    class Counting:
        calls = 0

        def binauralize(self, clip):
            self.calls += 1
            return self.calls * clip.mono.expand(2, -1)

    with pytest.raises(MethodError, match="two runs"):
        rehearse(Counting())


def test_an_exception_is_one_line():
    def answer(clip):
        raise ValueError("a\n  b")

    with pytest.raises(MethodError, match=r"^Answering: the rehearsal on noise ended in ValueError: a b; mend it\.$"):
        rehearse(Answering(answer))


def test_an_error_of_ours_passes_as_it_is():
    def answer(clip):
        raise OptionError("give --weights.")

    with pytest.raises(OptionError, match=r"^give --weights\.$"):
        rehearse(Answering(answer))


def test_a_class_in_place_of_an_object():
    with pytest.raises(MethodError, match=r"^type: the rehearsal on noise ended in TypeError: "):
        rehearse(MonoMono)


def test_checked_ears_are_plain_float32():
    ears = checked_ears(torch.ones(2, 5, dtype=torch.float64, requires_grad=True), "clip")
    assert ears.dtype == torch.float32
    assert not ears.requires_grad


def test_what_was_raised():
    assert what_was_raised(KeyError()) == "KeyError"
    assert what_was_raised(RuntimeError("a\n\tb")) == "RuntimeError: a b"
    assert what_was_raised(RuntimeError("x" * 5000)) == f"RuntimeError: {'x' * 300} …"
    assert what_was_raised(OSError("caf\udce9")) == "OSError: caf?"


class Parting:
    """A separator that answers with what a function makes of the mixture."""

    def __init__(self, answer, **attributes):
        self.answer, self.seen = answer, []
        vars(self).update(attributes)

    def separate(self, mixture, sample_rate, frames):
        self.seen.append((tuple(mixture.shape), sample_rate, [tuple(pictures.at(0.2).shape) for pictures in frames]))
        return self.answer(mixture)


def both(mixture):
    return torch.stack([mixture, 0.5 * mixture])


@pytest.mark.parametrize(("condition", "ears"), [("mono", 1), ("mono-mono", 2), ("binaural", 2)])
def test_a_separator_hears_the_ears_of_its_condition(condition, ears):
    method = Parting(both, condition=condition)
    rehearse_separator(method)
    assert method.seen == [((ears, 8000), 16_000, [(3, 240, 480)] * 2)] * 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda mixture: mixture, r"expected shape \(2, 2, 8000\), got \(2, 8000\)"),
        (lambda mixture: both(mixture)[..., 1:], r"got \(2, 2, 7999\)"),
        (lambda mixture: both(mixture) * float("inf"), "NaN or infinite"),
        (lambda mixture: both(mixture) + torch.rand(1), "two runs on the same mixture differ"),
        (lambda mixture: both(mixture)[7], "the rehearsal on noise ended in IndexError"),
        (lambda mixture: both(mixture).int(), "expected a floating-point tensor"),
    ],
)
def test_a_separator_that_breaks_its_contract(answer, reason):
    with pytest.raises(MethodError, match=f"Parting: .*{reason}"):
        rehearse_separator(Parting(answer))
