"""What every architecture promises, on every kind of input that it takes and in every corner of its search space."""

import itertools
import json
from dataclasses import dataclass, fields

import numpy as np
import pytest
import torch
from fixtures import promises
from fixtures.promises import DIMS, build, utterances

from zoo import architectures, inputs
from zoo.architectures.contract import FRAMES, Architecture
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Spec
from zoo.study.section import Kind


def corners(name):
    """The defaults, and every combination of the least and the greatest value of each hyperparameter."""
    space = architectures.get(name).search_space
    ends = [(min(values), max(values)) for values in space.values()]
    return [{}, *(dict(zip(space, values, strict=True)) for values in itertools.product(*ends))]


EVERY = [(name, kind) for name in architectures.names() for kind in sorted(architectures.get(name).kinds)]
CASES = [
    pytest.param(name, kind, settings, id=f"{name}-{kind}-{json.dumps(settings)}")
    for name, kind in EVERY
    for settings in corners(name)
]
every_corner = pytest.mark.parametrize(("name", "kind", "settings"), CASES)
every_default = pytest.mark.parametrize(("name", "kind"), EVERY)


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@every_corner
def test_the_contract(name, kind, settings):
    architecture = architectures.get(name)
    model = build(architecture, kind, settings)
    batch, lengths = utterances(kind, [37, 23, 1, 30])
    promises.the_size_is_as_stated(model, batch, lengths)
    promises.gradients_reach_everything(model, batch, lengths)
    promises.company_changes_nothing(model, batch, lengths, kind)
    promises.padding_changes_no_training(model, batch, lengths, kind)
    promises.a_seed_decides_the_network(architecture, kind, settings)


@every_default
def test_eight_utterances_can_be_learnt_by_heart(name, kind):
    promises.eight_utterances_are_learnt(build(architectures.get(name), kind, {}), kind)


@every_default
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore:Exporting a model to ONNX with a batch_size")
def test_a_network_can_be_exported(name, kind):
    promises.its_graph_answers_alike(build(architectures.get(name), kind, {}), kind)


@every_default
@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_very_short_utterances_are_embedded(name, kind, length):
    model = build(architectures.get(name), kind, {}).eval()
    assert model(*utterances(kind, [length])).isfinite().all()


@pytest.mark.parametrize(
    ("name", "input_type"),
    [
        (name, input_type)
        for name in architectures.names()
        for input_type in inputs.names()
        if not input_type.startswith("encoder_") and input_type != "joined"  # which need a checkpoint, or parts
        if inputs.build(Spec(input_type)).kind in architectures.get(name).kinds
    ],
)
def test_silence_is_embedded(name, input_type):
    heard = inputs.build(Spec(input_type))
    torch.manual_seed(0)
    model = architectures.build(name, {}, heard.num_dims, promises.OUTPUTS).eval()
    batch = torch.from_numpy(heard.compute([np.zeros(8000, np.float32)])[0])[None]
    assert model(batch, torch.tensor([batch.shape[1]])).isfinite().all()


@every_default
def test_a_network_without_a_hyperparameter_is_built_from_its_defaults(name, kind):
    architecture = architectures.get(name)
    defaults = vars(architecture.hyperparameters())
    one, other = (build(architecture, kind, settings).state_dict() for settings in ({}, defaults))
    assert all(torch.equal(value, other[key]) for key, value in one.items())


@pytest.mark.parametrize("name", architectures.names())
def test_an_architecture_states_what_the_search_needs(name):
    architecture = architectures.get(name)
    assert architecture.name == name
    assert architecture.kinds and architecture.kinds <= set(Kind.__args__)
    promises.hyperparameters_are_plain(architecture)


@pytest.mark.parametrize("name", architectures.names())
def test_an_unknown_hyperparameter_is_named_with_the_closest_one(name):
    [first, *_] = [field.name for field in fields(architectures.get(name).hyperparameters)]
    with pytest.raises(ZooError, match=f"unknown hyperparameter of {name} '{first}x'") as caught:
        architectures.build(name, {f"{first}x": 0.1}, 64, 7)
    assert first in caught.value.hint and caught.value.exit_code == WRONG_USAGE


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("cnn", {"width": "many"}, "width of cnn = 'many'"),
        ("cnn", {"width": 96.5}, "width of cnn = 96.5"),
        ("cnn", {"width": True}, "width of cnn = True"),
        ("bilstm", {"dropout": None}, "dropout of bilstm = None"),
    ],
)
def test_a_hyperparameter_of_another_type_is_named(name, values, message):
    with pytest.raises(ZooError) as caught:
        architectures.get(name).settings(values)
    assert caught.value.message == message and caught.value.exit_code == WRONG_USAGE
    assert architectures.get("bilstm").settings({"dropout": 0}).dropout == 0  # a whole number is a number


def test_an_unknown_architecture_is_answered_with_the_nearest_one():
    with pytest.raises(ZooError, match="unknown architecture 'cnn_lstn'") as caught:
        architectures.get("cnn_lstn")
    assert "cnn_lstm" in caught.value.hint


# networks that break the contract, each in one way


@dataclass(frozen=True)
class Settings:
    """Of a network that leaves nothing out at random: no hyperparameter has a name that has to be there."""

    size: int = 24


class Plain(torch.nn.Module):
    """A mean over time, and one layer. Keeps the contract."""

    def __init__(self, num_dims, settings):
        super().__init__()
        self.layer = torch.nn.Linear(num_dims, settings.size)
        self.embedding_size = settings.size

    def forward(self, frames, lengths):
        return self.layer(frames).relu().sum(dim=1) / lengths[:, None] - self.surplus(frames, lengths)

    def surplus(self, frames, lengths):
        """What padding adds to the mean: its frames are zero, but the layer has a bias."""
        beyond = frames.shape[1] - lengths
        return self.layer.bias.relu() * (beyond / lengths)[:, None]


class Unmasked(Plain):
    def surplus(self, frames, lengths):
        return 0


class UnmaskedInTraining(Plain):
    """As batch normalisation whose mean is over padding too."""

    def forward(self, frames, lengths):
        found = super().forward(frames, lengths)
        return found - frames.mean() if self.training else found


class Standardised(Plain):
    """Its embeddings depend on the batch."""

    def forward(self, frames, lengths):
        found = super().forward(frames, lengths)
        return found - found.mean(dim=0)


class Forgotten(Plain):
    def __init__(self, num_dims, settings):
        super().__init__(num_dims, settings)
        self.unused = torch.nn.Linear(3, 3)


class Detached(Plain):
    def forward(self, frames, lengths):
        return super().forward(frames, lengths).detach()


class Constant(Plain):
    def forward(self, frames, lengths):
        return 0 * super().forward(frames, lengths)


class Misstated(Plain):
    def forward(self, frames, lengths):
        return super().forward(frames, lengths)[:, :-1]


class Fixed(Plain):
    """Divides by the number of frames of the batch that it was exported with, rather than of the utterance."""

    def forward(self, frames, lengths):
        mean = self.layer(frames).relu().sum(dim=1) / int(frames.shape[1])
        return mean


class Large(Plain):
    def __init__(self, num_dims, settings):
        super().__init__(num_dims, settings)
        self.more = torch.nn.Linear(2000, 500)


def of(network):
    return Architecture("broken", Settings, network, {"size": (16, 24)}, kinds=FRAMES)


def check(architecture, kind="bands"):
    model = build(architecture, kind, {})
    batch, lengths = utterances(kind, [37, 23, 1, 30])
    promises.the_size_is_as_stated(model, batch, lengths)
    promises.gradients_reach_everything(model, batch, lengths)
    promises.company_changes_nothing(model, batch, lengths, kind)
    promises.padding_changes_no_training(model, batch, lengths, kind)
    promises.a_seed_decides_the_network(architecture, kind, {})


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Unmasked, "padding changes your embedding"),
        (UnmaskedInTraining, "padding changes your embedding in training"),
        (Standardised, "the other utterances of a batch change your embedding"),
        (Forgotten, r"no gradient reaches network\.unused\.weight: it would never be trained"),
        (Detached, r"no gradient reaches network\.layer\.weight"),
        (Misstated, "your embedding is .*, not .*embedding_size"),
        (Large, "trainable parameters are more than 1,000,000"),
    ],
)
def test_a_broken_promise_says_what_it_means(network, message):
    with pytest.raises(AssertionError, match=message):
        check(of(network))


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_a_graph_that_answers_otherwise_is_found():
    with pytest.raises(AssertionError, match="exported to ONNX your network answers otherwise"):
        promises.its_graph_answers_alike(build(of(Fixed), "bands", {}), "bands")


def test_a_network_that_does_not_learn_is_found():
    with pytest.raises(AssertionError, match="utterances can be learnt by heart: something in your network does not"):
        promises.eight_utterances_are_learnt(build(of(Constant), "bands", {}), "bands")


@pytest.mark.parametrize("kind", sorted(FRAMES))
def test_no_hyperparameter_has_to_have_a_certain_name(kind):
    architecture = of(Plain)
    check(architecture, kind)
    promises.hyperparameters_are_plain(architecture)
    promises.eight_utterances_are_learnt(build(architecture, kind, {}), kind)


def test_every_kind_has_a_size_here_and_that_of_frames_is_of_an_input():
    assert set(DIMS) == set(Kind.__args__)
    complete = [name for name in inputs.names() if not name.startswith("encoder_") and name != "joined"]
    known = (inputs.build(Spec(name)) for name in complete)
    sizes = {(heard.kind, heard.num_dims) for heard in known}
    assert {(kind, DIMS[kind]) for kind in FRAMES} <= sizes
