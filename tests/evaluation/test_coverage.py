"""The simulation of docs/intervals.md, small: how often intervals over 10 and 24 speakers hold the truth."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "intervals.py"


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("benchmark_of_intervals", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    module.MANY = 4000
    yield module
    del sys.modules[spec.name]


def coverage(simulation, title, num_speakers, trials=500, **more):
    case = next(case for case in simulation.CASES if case.title == title)
    return simulation.coverage(case, num_speakers, trials, **more)


@pytest.mark.parametrize("num_speakers", [10, 24])
@pytest.mark.parametrize("title", ["UAR near 0.96", "CCC, speakers alike"])
def test_intervals_hold_the_truth_as_often_as_they_say_near_the_end_of_a_range(simulation, title, num_speakers):
    """Shares of 500 vary by 0.01 (std)."""
    found = coverage(simulation, title, num_speakers, resample=False)
    assert 0.92 <= found["transformed"] <= 0.98
    assert found["transformed"] >= found["plain"] - 0.005
    assert abs(found["bias"]) < 0.01


def test_a_bootstrap_over_few_speakers_covers_less(simulation):
    found = coverage(simulation, "UAR near 0.96", 10, trials=200)
    assert found["bootstrap"] < found["transformed"]


def test_no_interval_of_the_calibration_error_would_hold_the_truth(simulation):
    """A model without any calibration error: the figure is biased upwards, so it is published without an interval."""
    found = coverage(simulation, "ECE, calibrated", 10, trials=60, resample=False)
    assert found["plain"] < 0.6 and found["bias"] > 0.02
    assert "transformed" not in found


def test_miscalibration_is_not_claimed_of_a_calibrated_model_and_is_held_for_an_overconfident_one(simulation):
    honest = coverage(simulation, "miscalibration, calibrated", 10, trials=60, resample=False)
    assert honest["above"] <= 0.05 and abs(honest["bias"]) < 0.005
    sharp = coverage(simulation, "miscalibration, overconfident", 10, trials=60, resample=False)
    assert sharp["transformed"] >= 0.85 and sharp["truth"] > 0.1


def test_where_most_studies_end_at_exactly_1_the_bound_holds_the_truth(simulation):
    found = coverage(simulation, "UAR near 0.999", 10, trials=200, resample=False)
    assert found["transformed"] >= 0.93 > 0.7 > found["plain"]
