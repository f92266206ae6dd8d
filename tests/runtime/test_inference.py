"""Inference runs in batches of similar length, and the batch does not change a prediction."""

import numpy as np
import torch
from fixtures.trainings import data_of, examples

from zoo.runtime import inference
from zoo.runtime.inference import BATCH, BATCH_FRAMES, batches, outputs, outputs_of, padded


class Watched(torch.nn.Module):
    """Returns the sum and the length of every utterance; records its inputs."""

    def __init__(self):
        super().__init__()
        self.one = torch.nn.Parameter(torch.ones(1))
        self.shown = []

    def forward(self, inputs, lengths):
        self.shown.append((inputs.clone(), lengths.clone()))
        return torch.stack([inputs.sum(dim=(1, 2)), lengths.float()], dim=1) * self.one


def test_batches_hold_every_row_once_and_little_padding():
    lengths = [int(length) for length in np.random.default_rng(2).integers(1, 20_000, 200)] + [500_000]
    found = batches(lengths)
    assert sorted(row for rows in found for row in rows) == list(range(len(lengths)))
    for rows in found:
        assert len(rows) <= BATCH
        assert len(rows) == 1 or len(rows) * max(lengths[row] for row in rows) <= BATCH_FRAMES


def test_batches_are_whole_utterances_of_similar_length(tiny_study, monkeypatch):
    monkeypatch.setattr(inference, "BATCH", 5)
    train, _, _ = examples(data_of(tiny_study()))
    network = Watched()
    predicted = outputs_of(network, train.store, train.utterance_ids)
    stored = [train.store.frames(name) for name in train.utterance_ids]
    order = sorted(range(len(train)), key=lambda row: (len(stored[row]), row))
    shown = [
        (frames, int(length))
        for inputs, lengths in network.shown
        for frames, length in zip(inputs, lengths, strict=True)
    ]
    assert len(shown) == len(train) and max(len(inputs) for inputs, _ in network.shown) == 5
    for row, (frames, length) in zip(order, shown, strict=True):
        assert length == len(stored[row])
        assert (frames[:length].numpy() == stored[row]).all() and not frames[length:].any()
    # predictions are in the order of the utterances
    assert predicted[:, 1].tolist() == [len(frames) for frames in stored]
    np.testing.assert_allclose(predicted[:, 0], [frames.sum() for frames in stored], rtol=1e-4, atol=1e-3)


def test_padding_is_zero():
    inputs, lengths = padded([np.ones((3, 2), np.float32), np.ones((5, 2), np.float32)])
    assert inputs.shape == (2, 5, 2) and lengths.tolist() == [3, 5]
    assert inputs[0, 3:].sum() == 0 and inputs.sum() == 16


def test_frames_are_read_batch_by_batch(monkeypatch):
    monkeypatch.setattr(inference, "BATCH", 2)
    read, network = [], Watched()
    arrays = [np.full((length, 3), length, np.float32) for length in (4, 2, 3)]

    def frames(row):
        read.append((row, len(network.shown)))
        return arrays[row]

    predicted = outputs(network, [4, 2, 3], frames)
    assert read == [(1, 0), (2, 0), (0, 1)]
    assert predicted.dtype == np.float32 and predicted.tolist() == [[48.0, 4.0], [12.0, 2.0], [27.0, 3.0]]


def test_inference_is_in_evaluation_mode_and_without_gradients():
    network = Watched().train()
    states = []
    network.register_forward_hook(lambda module, *_: states.append((module.training, torch.is_grad_enabled())))
    outputs(network, [3], lambda row: np.zeros((3, 2), np.float32))
    assert states == [(False, False)]


def test_stored_frames_are_never_changed(tiny_study):
    train, _, _ = examples(data_of(tiny_study()))
    former = np.array(train.store.array)
    outputs_of(Watched(), train.store, train.utterance_ids)
    assert (np.array(train.store.array) == former).all()
