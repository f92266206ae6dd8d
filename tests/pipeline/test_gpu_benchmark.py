"""benchmarks/gpu.sh on a tiny encoder: it says what it will take, stops in time, and goes on when it is run again."""

import re

import pytest
import yaml
from fixtures import checkpoints
from fixtures.repro import left_over

pytest.importorskip("peft")


@pytest.fixture
def small(project, monkeypatch):
    """The study lora on a small synthetic EmoDB and a tiny checkpoint, an epoch or two."""
    encoders, home = project.top.parent / "encoders", project.top.parent / "home"
    checkpoints.whisper(encoders / "tests--tiny")
    home.mkdir()
    for name, value in (("ZOO_ENCODERS", encoders), ("HOME", home), ("HF_HUB_OFFLINE", "1")):
        monkeypatch.setenv(name, str(value))
    path = project.top / "studies/lora.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    values |= {"data": "derived/synthetic", "synthetic": ["emodb"], "corpora": ["emodb"], "exploration": {}}
    values["labels"], values["folds"] = ({"emodb": one} for one in ("native", "leave_speakers_out"))
    values["inputs"]["whisper_base_states"] |= {"checkpoint": "tests/tiny", "layer": -1}
    values["tune"] |= {"num_trials": 1, "max_epochs": 2}
    values["train"] |= {"max_epochs": 2}
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return project


@pytest.mark.slow
def test_it_stops_in_time_and_goes_on_to_the_end_when_it_is_run_again(small):
    first = small.run("benchmarks/gpu.sh", "0.4")
    assert first.returncode == 0, first.stdout
    assert "stopped after 0.4 minutes; run it again to go on" in first.stdout and "Traceback" not in first.stdout
    assert left_over(small) == []
    lock = yaml.safe_load((small.top / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    made = {name for name in lock if "@lora" in name and not name.startswith("plan@")}

    second = small.ok("benchmarks/gpu.sh", "60")
    assert re.search(r"whisper_lora: at most \d+ steps of [\d.]+ ms \(float32\)", second)
    assert re.search(r"about \d+ minutes of training at most", second)
    assert not made & {*re.findall(r"Running stage '(.+)':", second)}
    assert "done: reports/lora/index.html" in second and (small.top / "reports/lora/index.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("soon",), ("0",), ("-5",)])
def test_without_a_number_of_minutes_nothing_runs(shared, words):
    done = shared.run("benchmarks/gpu.sh", *words)
    assert done.returncode == 2 and done.stdout == "usage: benchmarks/gpu.sh MINUTES, such as 60\n"
