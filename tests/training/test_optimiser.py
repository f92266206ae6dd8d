"""AdamW is torch's to the bit, and a training does not load torch's compiler for it."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from zoo.training.optimiser import AdamW

TOP = Path(__file__).parents[2]


def network():
    torch.manual_seed(3)
    return torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.BatchNorm1d(7), torch.nn.ReLU(), torch.nn.Linear(7, 3))


def steps(kind, number, start=None, **settings):
    """The weights after every step, and the optimiser; start: a state to go on from, and the step that it is of."""
    model = network()
    optimiser = kind(model.parameters(), **settings)
    done, weights = 0, []
    if start:
        done, values, state = start
        model.load_state_dict(values)
        optimiser.load_state_dict(state)
    for step in range(done, number):
        generator = torch.Generator().manual_seed(step)
        inputs, classes = torch.randn(8, 5, generator=generator), torch.randint(3, (8,), generator=generator)
        for group in optimiser.param_groups:
            group["lr"] = settings["lr"] * (1 - step / 40)
        loss = torch.nn.functional.cross_entropy(model(inputs), classes)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimiser.step()
        weights.append({name: value.clone() for name, value in model.state_dict().items()})
    return weights, optimiser


def same(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize("settings", [{"lr": 3e-3, "weight_decay": 1e-2}, {"lr": 1e-1, "weight_decay": 0.0}])
def test_every_step_is_that_of_torch_to_the_bit(settings):
    own, optimiser = steps(AdamW, 25, **settings)
    wanted, torchs = steps(torch.optim.AdamW, 25, **settings)
    assert all(same(one, other) for one, other in zip(own, wanted, strict=True))
    assert not same(own[0], own[-1])
    state, torch_state = optimiser.state_dict(), torchs.state_dict()
    assert state["param_groups"] == torch_state["param_groups"]
    for number, values in torch_state["state"].items():
        assert same(state["state"][number], values)


def test_it_goes_on_from_its_state_and_from_that_of_torch():
    settings = {"lr": 3e-3, "weight_decay": 1e-2}
    wanted, _ = steps(AdamW, 20, **settings)
    for kind in (AdamW, torch.optim.AdamW):
        weights, optimiser = steps(kind, 8, **settings)
        rest, _ = steps(AdamW, 20, (8, weights[-1], optimiser.state_dict()), **settings)
        assert same(rest[-1], wanted[-1])


STEP = """
import sys
import torch
import torch.optim
from zoo.training import optimiser
for module in (optimiser, torch.optim):
    layer = torch.nn.Linear(4, 2)
    steps = module.AdamW(layer.parameters(), lr=0.1)
    for _ in range(2):
        loss = layer(torch.ones(3, 4)).sum()
        steps.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
        steps.step()
    steps.load_state_dict(steps.state_dict())
    print("compiler" if "torch._dynamo" in sys.modules else "none")
"""
TRAINING = """
import sys
from zoo.study.study import Study
from zoo.training.data import load
from zoo.training.loop import fit
study = Study.model_validate_json(sys.stdin.read())
data = load(study, "emodb", "statistics")
config = {"learning_rate": 1e-3, "weight_decay": 0.0, "augmentation": 1.0, "hyperparameters": {}}
recipe = data.recipe(config, study.train, epochs=2, patience=2, seed=1, refit=False)
fit(recipe, *(data.examples(data.split(0, split)) for split in ("train", "dev")))
print("compiler" if "torch._dynamo" in sys.modules else "none")
"""


def printed_by(code, given=""):
    done = subprocess.run(
        [sys.executable, "-c", code], input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_step_in_a_fresh_process_does_not_load_the_compiler():
    # what this is about: torch's own loads it. Where a later torch does not, this module can go
    assert printed_by(STEP).split() == ["none", "compiler"]


def test_a_training_in_a_fresh_process_does_not_load_the_compiler(tiny_study):
    assert printed_by(TRAINING, tiny_study().model_dump_json()) == "none"
