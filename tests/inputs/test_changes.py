"""Changes that make copies: each does what its name says, the same for the same draw, to any samples."""

import re

import numpy as np
import pytest
from fixtures.sounds import speech_like

from zoo import inputs
from zoo.errors import ZooError
from zoo.inputs import changes
from zoo.inputs.changes import telephone
from zoo.inputs.contract import Spec
from zoo.inputs.copies import copies
from zoo.runtime.release import InputOf
from zoo.study.heard import DEFAULT_CHANGES

RATE_HZ = 16_000


def change(name, **options):
    entry = changes.get(name)
    return entry.make(entry.options.model_validate(options)).apply


def drawn(seed):
    return np.random.default_rng(seed)


def power_db(samples, low_hz=0.0, high_hz=8000.0):
    """Of what is between two frequencies."""
    spectrum = np.square(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))))
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    return 10 * np.log10(spectrum[(frequencies >= low_hz) & (frequencies <= high_hz)].sum() + 1e-20)


def noise(seconds=1.0, seed=3):
    return (0.1 * drawn(seed).standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


@pytest.mark.parametrize("name", changes.names())
@pytest.mark.parametrize("num_samples", [1, 2, 399, 16_000])
def test_any_samples_are_changed_alike_by_the_same_draw_and_are_not_written_to(name, num_samples):
    for samples in (speech_like()[:num_samples], np.zeros(num_samples, np.float32)):
        samples = samples.copy()
        samples.flags.writeable = False
        first, again = (change(name)(samples, drawn(4)) for _ in range(2))
        assert np.array_equal(first, again) and len(first) and np.isfinite(first).all()
        assert samples.any() or not first.any()  # silence stays silence


@pytest.mark.parametrize("name", changes.names())
def test_a_copy_of_what_is_louder_is_a_louder_copy(name):
    sound = speech_like(0.4)
    quiet, loud = (change(name)(factor * sound, drawn(1)) for factor in (np.float32(1), np.float32(4)))
    assert np.allclose(4 * quiet, loud, atol=2e-3 * np.abs(loud).max())


def test_noise_is_as_far_below_the_speech_as_stated():
    sound = speech_like()
    for wanted in (5, 12, 30):
        added = change("noise", snr_db=[wanted, wanted])(sound, drawn(wanted)) - sound
        assert 10 * np.log10(np.square(sound).mean() / np.square(added).mean()) == pytest.approx(wanted, abs=0.1)
    for seed in range(20):
        added = change("noise")(sound, drawn(seed)) - sound
        assert 9.9 <= 10 * np.log10(np.square(sound).mean() / np.square(added).mean()) <= 30.1


def test_pitch_moves_and_the_length_stays_speed_moves_both():
    sound = speech_like()
    found = [pitch_hz(change("pitch")(sound, drawn(seed))) for seed in range(10)]
    bound = 2 ** (2 / 12)
    assert 140 / bound * 0.98 < min(found) < 135 and 145 < max(found) < 140 * bound * 1.02
    assert all(len(change("pitch")(sound, drawn(seed))) == len(sound) for seed in range(5))
    for seed in range(5):
        changed = change("speed")(sound, drawn(seed))
        assert pitch_hz(changed) / 140 == pytest.approx(len(sound) / len(changed), rel=0.02)


def pitch_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 17))
    low = round(100 / RATE_HZ * (1 << 17))
    return (low + spectrum[low : 2 * low].argmax()) / (1 << 17) * RATE_HZ


def test_a_room_adds_at_most_as_much_as_stated_and_decays_by_60_db_in_the_stated_time():
    click = np.zeros(RATE_HZ, np.float32)
    click[100] = 1
    for seed in range(10):
        tail = change("reverberation")(click, drawn(seed)) - click
        assert 0 < np.square(tail).sum() <= 0.5
    tail = (change("reverberation", decay_s=[0.4, 0.4])(click, drawn(0)) - click)[100 : 100 + 6400]
    first, last = (10 * np.log10(np.square(part).mean()) for part in (tail[:640], tail[-640:]))
    assert first - last == pytest.approx(54, abs=2)  # a tenth of the time apart from both ends
    with pytest.raises(ValueError, match="lowest, highest"):
        change("reverberation", decay_s=[0.4, 0.2])


def test_gain_and_silence_are_within_what_is_stated():
    sound = speech_like(0.2)
    levels = [power_db(change("gain", db=9)(sound, drawn(seed))) - power_db(sound) for seed in range(40)]
    assert -9 <= min(levels) < -6 and 6 < max(levels) <= 9
    for seed in range(5):
        longer = change("silence", seconds=0.25)(sound, drawn(seed))
        start = int(np.flatnonzero(longer)[0])
        assert np.array_equal(longer[start : start + len(sound)], sound)
        assert start <= 4000 and len(longer) - start - len(sound) <= 4000


def test_a_telephone_passes_its_band_alone_in_8_bits():
    sound = noise()
    heard = change("telephone")(sound, drawn(0))
    assert len(heard) == len(sound)
    assert power_db(heard, 350, 3350) == pytest.approx(power_db(sound, 350, 3350), abs=0.5)
    for outside in ((0, 150), (3600, 8000)):
        assert power_db(heard, *outside) < power_db(sound, *outside) - 45
    error = telephone.mu_law(sound / np.abs(sound).max()) * np.abs(sound).max() - sound
    assert 30 < power_db(sound) - power_db(error) < 45  # what 8 bits of mu-law have
    assert not np.array_equal(heard, heard.round(3))


@pytest.mark.parametrize("kind", ["mp3", "opus"])
def test_a_codec_loses_little_in_time_and_more_the_more_it_compresses(kind):
    sound = speech_like() + 0.2 * noise()
    lost = []
    for compression in (0.1, 0.99):
        heard = change("codec", formats=[kind], compression=[compression, compression])(sound, drawn(0))
        assert len(heard) == len(sound)
        lost.append(power_db(heard - sound) - power_db(sound))
        lags = np.correlate(heard[350:-350], sound[400:-400], "valid")  # less than a period to each side
        assert abs(lags.argmax() - 50) <= 2  # samples
    assert lost[0] < lost[1] < 0


def test_a_study_states_the_changes_and_a_card_keeps_them():
    stated = {"copies": {"number": 3, "changes": {"telephone": {}, "noise": {"snr_db": [5, 5]}, "silence": {}}}}
    spec = inputs.spec("log_mel", stated)
    heard = inputs.build(spec)
    assert [one.order for one in heard.changes] == [3, 5, 7]
    card = InputOf.stated(spec, heard.num_dims, heard.facts)
    again = InputOf.model_validate_json(card.model_dump_json())
    assert (again.spec.copies, again.spec.changes) == (3, spec.changes)
    sound = speech_like(0.3)
    assert all(map(np.array_equal, copies(sound, "a", 3, heard.changes), copies(sound, "a", 3, heard.changes)))
    one = inputs.build(inputs.spec("log_mel", {"copies": {"number": 2, "changes": {"telephone": {}}}}))
    for made in copies(noise(), "a", 2, one.changes):
        assert power_db(made, 3600, 8000) < power_db(noise(), 3600, 8000) - 45


def test_a_number_alone_means_the_default_changes_and_cards_state_a_number_alone():
    spec = inputs.spec("log_mel", {"copies": 4})
    assert spec.changes is None and inputs.build(Spec("log_mel")).changes == ()
    assert [one.order for one in inputs.build(spec).changes] == [1, 2, 3, 4, 5]
    assert InputOf.stated(spec, 64, {}).model_dump()["copies"] == 4
    assert {*DEFAULT_CHANGES} <= {*changes.names()}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"number": 3}, "write a number"),
        ({"number": 3, "changes": ["gain"]}, "write a number"),
        ({"number": 3, "changes": {"gain": 12}}, r"copies\.changes\.gain = 12"),
        ({"number": -1, "changes": {"gain": {}}}, "0 to 100"),
    ],
)
def test_copies_that_are_stated_wrongly_are_refused(stated, message):
    with pytest.raises(ZooError) as error:
        inputs.spec("log_mel", {"copies": stated})
    assert re.search(message, f"{error.value.message}; {error.value.hint}")


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({}, "has no change"),
        ({"telefone": {}}, "telefone"),
        ({"noise": {"snr": 3}}, "changes.noise has no option 'snr'"),
        ({"noise": {"snr_db": [9, 3]}}, "changes.noise.snr_db"),
        ({"codec": {"formats": ["aac"]}}, "changes.codec.formats"),
    ],
)
def test_changes_that_there_are_not_are_refused(stated, message):
    with pytest.raises(ZooError, match=message):
        inputs.build(inputs.spec("log_mel", {"copies": {"number": 3, "changes": stated}}))
