"""What may stand after --model, and what is said of everything else."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from baselines.mono_mono import MonoMono
from fairplay_bench.errors import MethodError, OptionError, UnknownNameError
from fairplay_bench.models import registry
from fairplay_bench.models.predictions import PredictionFolder
from fairplay_bench.models.registry import SEPARATORS, load_ambisonizer, load_model, load_separator, registered


def test_registered_methods_are_found_by_name():
    assert isinstance(load_model("mono-mono"), MonoMono)
    assert registered()["mono-mono"].value == "baselines.mono_mono:MonoMono"
    assert list(registered()) == sorted(registered())


@pytest.mark.parametrize("name", ["Weighted", "make", "make_anything", "Defaults"])
def test_weights_and_device_are_handed_on(methods, name, tmp_path):
    method = load_model(f"{methods}:{name}", str(tmp_path), "cuda:3")
    assert (method.weights, method.device) == (tmp_path, "cuda:3")
    assert isinstance(method.weights, Path)
    without = load_model(f"{methods}:{name}")
    assert (without.weights, without.device) == (None, "cpu")


@pytest.mark.parametrize("name", ["Plain", "make_plain"])
def test_a_callable_without_parameters_will_do(methods, name):
    assert type(load_model(f"{methods}:{name}")).__name__ == "Plain"


def test_each_call_makes_a_method_anew(methods):
    assert load_model(f"{methods}:Plain") is not load_model(f"{methods}:Plain")


def refused(name, *arguments):
    with pytest.raises((OptionError, MethodError)) as caught:
        load_model(name, *arguments)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("name", ["Plain", "make_plain"])
def test_weights_for_a_method_that_takes_none(methods, name, tmp_path):
    error = refused(f"{methods}:{name}", tmp_path)
    assert str(error) == f"--model my_methods:{name}: takes no weights; leave out --weights."
    assert error.exit_status == 2


def test_weights_that_are_not_there(methods):
    error = refused(f"{methods}:Weighted", "nowhere/w.pth")
    assert str(error) == "--weights nowhere/w.pth: no such file or folder."
    assert error.exit_status == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("one", "too many positional arguments"),
        ("three", "missing a required argument: 'colour'"),
        ("keywords", "too many positional arguments"),
    ],
)
def test_a_callable_with_other_parameters(methods, name, reason):
    error = refused(f"{methods}:{name}")
    assert str(error) == f"--model my_methods:{name}: cannot be called as attribute(weights, device): {reason}."
    assert error.exit_status == 2


@pytest.mark.parametrize("name", ["builtins:dict", "builtins:int", "math:sqrt", "builtins:print"])
def test_what_is_built_in(name):
    error = refused(name)
    assert str(error).startswith((f"--model {name}: ", f"{name}: gave a "))


@pytest.mark.parametrize("name", ["mono-mno", "mono_mono", ""])
def test_an_unknown_name_comes_with_the_known_ones(name):
    with pytest.raises(
        UnknownNameError, match=r"^unknown model '.*'\.( Did you mean 'mono-mono'\?)? Known: .*mono-mono"
    ):
        load_model(name)
    assert UnknownNameError.exit_status == 2


def test_a_near_miss_is_guessed():
    assert "Did you mean 'mono-mono'?" in str(refused("mono-mon"))


@pytest.mark.parametrize("name", [":Method", "my_methods:", ".my_methods:Plain", ":"])
def test_half_a_name(methods, name):
    error = refused(name)
    assert str(error) == f"--model {name}: give package.module:attribute, such as my_methods:MyMethod."
    assert error.exit_status == 2


@pytest.mark.parametrize("name", ["not_there:Method", "not_there.at.all:Method"])
def test_a_missing_module(name):
    error = refused(name)
    assert str(error) == f"--model {name}: no module 'not_there'; is it installed or in this folder?"
    assert error.exit_status == 2


def test_a_module_that_needs_a_missing_one(methods):
    error = refused("broken_import:Method")
    assert str(error).startswith("--model broken_import:Method: no module 'a_package_that_is_not_there';")


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("broken_syntax", "SyntaxError: invalid syntax"),
        ("broken_value", "ZeroDivisionError: division by zero"),
        ("broken_name", "AttributeError: module 'math' has no attribute 'squareroot'"),
    ],
)
def test_a_module_that_cannot_be_imported(methods, module, reason):
    error = refused(f"{module}:Method")
    assert isinstance(error, MethodError)
    assert str(error).startswith(f"--model {module}:Method: importing it raised {reason}")


def test_a_missing_attribute_is_guessed(methods):
    error = refused(f"{methods}:Weigted")
    assert str(error).startswith(
        "unknown attribute of my_methods 'Weigted'. Did you mean 'Weighted'? Known: Defaults, "
    )
    assert error.exit_status == 2


@pytest.mark.parametrize(("name", "kind"), [("instance", "Plain"), ("number", "int")])
def test_what_cannot_be_called(methods, name, kind):
    error = refused(f"{methods}:{name}")
    assert str(error) == f"--model my_methods:{name}: {name} is a {kind}; a class or function is needed."
    assert error.exit_status == 2


def test_what_raises_is_named_in_one_line(methods):
    error = refused(f"{methods}:raising")
    assert str(error) == "--model my_methods:raising: could not be made: RuntimeError: first line second line."
    assert error.exit_status == 1
    assert str(refused(f"{methods}:raising_silently")).endswith("could not be made: KeyError.")


def test_an_error_of_ours_passes_as_it_is(methods):
    error = refused(f"{methods}:needs_weights")
    assert str(error) == "give --weights."
    assert isinstance(error, OptionError)


def test_what_is_no_method(methods):
    error = refused(f"{methods}:no_method")
    assert isinstance(error, MethodError)
    assert str(error).startswith("my_methods:no_method: gave a int without binauralize(clip);")


def test_a_broken_plugin_is_one_line(monkeypatch):
    entries = [
        EntryPoint("gone", "not_there:Method", registry.GROUP),
        EntryPoint("renamed", "baselines.mono_mono:Gone", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda **_: entries)
    assert str(refused("gone")).startswith("--model gone: no module 'not_there';")
    assert str(refused("renamed")).startswith("--model renamed: importing it raised AttributeError: ")


def test_a_folder_of_predictions(tmp_path):
    method = load_model(f"predictions:{tmp_path}")
    assert isinstance(method, PredictionFolder)
    error = refused(f"predictions:{tmp_path}/none")
    assert str(error).startswith(f"predictions:{tmp_path}/none: no such folder; ")
    assert error.exit_status == 2


@pytest.mark.parametrize("load", [load_model, load_ambisonizer])
def test_weights_for_a_folder_of_predictions(load, tmp_path):
    with pytest.raises(OptionError, match=r"^--model predictions:.*: takes no weights; leave out --weights\.$"):
        load(f"predictions:{tmp_path}", tmp_path)


def test_separators_have_a_group_of_their_own(methods, tmp_path):
    assert "mix-and-separate" in registered(SEPARATORS)
    assert "mix-and-separate" not in registered()
    with pytest.raises(UnknownNameError, match="unknown model 'mono-mono'"):
        load_separator("mono-mono")
    with pytest.raises(MethodError, match=r"gave a Plain without separate\(\.\.\.\); see docs/separation\.md"):
        load_separator(f"{methods}:Plain")
    with pytest.raises(OptionError, match=r"--weights .*: no such file or folder"):
        load_separator("mix-and-separate", tmp_path / "none")
    with pytest.raises(OptionError, match="folders of predictions are for binaural sound"):
        load_separator("predictions:wavs")
