"""The methods of explanation by name; they are imported when they are asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from baselines.explain.heat import Explainer
from fairplay_bench.errors import UnknownNameError
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import Protocol


@dataclass(frozen=True, slots=True)
class Explanation:
    """A method of explanation.

    Attributes:
        name: after ``--method``.
        attribute: ``module:attribute`` of what makes an explainer of a method, a protocol and a batch size.
        channels: of the sound it needs: 0 for none, 1 for any, 2 for the true ears.
        every_frame: whether it is quick enough for a map of every frame rather than of key frames.
    """

    name: str
    attribute: str
    channels: int
    every_frame: bool

    def explainer(self, method: WindowedBinauralizer, protocol: Protocol, batch: int) -> Explainer:
        """Make an explainer.

        Raises:
            MethodError: if the method cannot be explained so.
        """
        module, _, attribute = self.attribute.partition(":")
        make: Callable[[WindowedBinauralizer, Protocol, int], Explainer] = getattr(import_module(module), attribute)
        return make(method, protocol, batch)


EXPLANATIONS = {
    explanation.name: explanation
    for explanation in (
        Explanation(
            "audio-localisation", "baselines.l2bnet.explaining:AudioLocalisation", channels=1, every_frame=True
        ),
        Explanation("activation", "baselines.explain.activation:Activation", channels=0, every_frame=True),
        Explanation("occlusion", "baselines.explain.occlusion:Occlusion", channels=2, every_frame=False),
    )
}


def named_explanation(name: str) -> Explanation:
    """Return the method of explanation of that name.

    Raises:
        UnknownNameError: if there is none.
    """
    if name not in EXPLANATIONS:
        raise UnknownNameError("method of explanation", name, EXPLANATIONS)
    return EXPLANATIONS[name]
