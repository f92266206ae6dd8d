"""What stops the pipeline says why, leaves nothing half-done, and the next repro goes on."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest
import yaml
from fixtures.repro import left_over, stages_run


def interrupted(project, sign, *words):
    """Run until a line holds `sign`, then press Ctrl-C; exit code and what was said."""
    process = project.start(*words)
    said = []
    for line in process.stdout:
        said.append(line)
        if sign in line:
            os.killpg(process.pid, signal.SIGINT)
            break
    try:
        rest, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert sign in said[-1], "".join(said)
    return process.returncode, "".join(said) + rest


def forget(project, stages, names):
    """Let DVC know nothing of some stages, nor of earlier runs of them, and take away what they made."""
    lock = project.top / "dvc.lock"
    content = yaml.safe_load(lock.read_text(encoding="utf-8"))
    for stage in stages:
        del content["stages"][stage]
    lock.write_text(yaml.safe_dump(content), encoding="utf-8")
    shutil.rmtree(project.top / ".dvc/cache/runs")
    for name in names:
        path = project.top / "derived" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.slow
def test_ctrl_c_stops_a_search_and_a_training_and_the_next_repro_ends_with_the_same_predictions(mini, project):
    stages = ("tune@embedded", "train@embedded-cnn")
    made = ("scratch", "tuned", "trials.parquet", "trained/cnn")
    forget(project, stages, ("scratch", *(f"embedded/{name}" for name in made)))
    for sign in ("tune 1/8", "train cnn 1/10"):
        code, said = interrupted(project, sign, "dvc", "repro")
        assert code != 0
        assert "Traceback" not in said
        assert "interrupted; run it again to resume" in said
        deadline = time.monotonic() + 20
        while left_over(project) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert left_over(project) == []
    said = project.ok("dvc", "repro")
    assert stages_run(said) == ["train@embedded-cnn"]  # the search was done, the rest comes out the same
    paths = sorted((mini.top / "derived/embedded").glob("trained/*/*/*.*"))
    assert len(paths) == 20
    for path in [*paths, mini.top / "reports/embedded/predictions.parquet"]:
        assert (project.top / path.relative_to(mini.top)).read_bytes() == path.read_bytes(), path


@pytest.mark.slow
def test_two_repros_at_once_one_gives_way_and_nothing_is_broken(project):
    with (project.top / "zoo/checks/__init__.py").open("a", encoding="utf-8") as file:
        file.write("\n_EDITED = 1\n")
    first = project.start("dvc", "repro")
    for line in first.stdout:
        if line.startswith("Running stage"):
            break
    first.send_signal(signal.SIGSTOP)  # or it may be done before the second is there
    try:
        second = project.run("dvc", "repro")
    finally:
        first.send_signal(signal.SIGCONT)
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert second.returncode != 0
    assert "Traceback" not in second.stdout
    assert re.search("lock|busy", second.stdout), second.stdout
    assert stages_run(project.ok("dvc", "repro")) == []
    assert project.stale() == set()


def test_a_speaker_in_two_splits_stops_the_line_before_anything_is_trained(project):
    stage = project.top / "stages/folds.py"
    text = stage.read_text(encoding="utf-8")
    leak = (
        "    import polars as pl\n"
        "    leaked = folds.filter((pl.col('fold') == 0) & (pl.col('split') == 'train')).row(0, named=True)\n"
        "    this = (pl.col('fold') == 0) & (pl.col('utterance_id') == leaked['utterance_id'])\n"
        "    folds = folds.with_columns(\n"
        "        pl.when(this).then(pl.lit('test')).otherwise(pl.col('split')).alias('split')\n"
        "    )\n"
        "    print('LEAKED', leaked['speaker_id'])\n"
    )
    assert "    FOLDS.write(" in text
    stage.write_text(text.replace("    FOLDS.write(", f"{leak}    FOLDS.write("), encoding="utf-8")
    done = project.run("dvc", "repro")
    speaker = re.search(r"LEAKED (\S+)", done.stdout).group(1)
    assert done.returncode != 0
    assert f"speaker {speaker} is in train and test" in done.stdout
    assert "Traceback" not in done.stdout
    assert stages_run(done.stdout) == ["folds@embedded-emodb", "folds@embedded-iemocap", "check@embedded"]
    page = project.top / "derived/embedded/checks/index.html"
    assert speaker in page.read_text(encoding="utf-8")  # the hint sends people there

    stage.write_text(text, encoding="utf-8")
    said = project.ok("dvc", "repro")
    assert not [name for name in stages_run(said) if name.startswith(("features", "tune", "train"))]


def test_a_recorded_corpus_that_is_absent_stops_the_repro_and_stays_recorded(project):
    project.ok("zoo", "data", "add", "emodb", "derived/synthetic/emodb")
    project.ok("zoo", "data", "add", "iemocap", "derived/synthetic/iemocap")
    project.params(lambda values: values.update(study="recorded", data="data", synthetic=[]))
    project.ok("dvc", "repro", "manifest@recorded-emodb", "manifest@recorded-iemocap")
    record = (project.top / "data.dvc").read_bytes()
    assert {entry["path"] for entry in yaml.safe_load(record)["outs"]} == {"data/emodb", "data/iemocap"}
    shutil.rmtree(project.top / "data/iemocap")
    done = project.run("dvc", "repro")
    assert done.returncode != 0
    assert "data/iemocap" in done.stdout
    assert "Traceback" not in done.stdout
    assert (project.top / "data.dvc").read_bytes() == record
    assert "recorded, not here" in project.ok("zoo", "data", "list")
    project.ok("dvc", "checkout", "data/iemocap")
    assert (project.top / "data/iemocap").is_dir()


@pytest.mark.slow
def test_a_trial_that_no_node_can_run_stops_at_once_with_what_there_is(project):
    project.params(lambda values: (values["execute"].update(cpus_per_job=1000), values["tune"].update(seed=5)))
    done = project.run("dvc", "repro", "tune@embedded")
    assert done.returncode != 0
    assert "no node can run a job of 1000 CPUs" in done.stdout
    assert "execute.cpus_per_job" in done.stdout
    assert "Traceback" not in done.stdout


def test_stand_ins_never_take_the_place_of_recorded_speech(project):
    recorded = project.top / "data/emodb"
    recorded.mkdir(parents=True)
    (recorded / "mine.wav").write_bytes(b"recorded")
    project.params(lambda values: values.update(study="mixed", data="data"))
    project.ok("python", "stages/synth.py", "emodb")
    assert [path.name for path in recorded.iterdir()] == ["mine.wav"]
