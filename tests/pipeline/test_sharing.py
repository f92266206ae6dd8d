"""What others get: by push and pull, by the README's commands, by what a SYNTHETIC study says, and through the gate."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
from fixtures.repro import stages_run

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh$\n(.*?)^```$", re.M | re.S)


def test_a_fresh_clone_pulls_everything_and_a_repro_has_nothing_to_do(project, tmp_path):
    project.ok("dvc", "remote", "add", "--default", "lab", tmp_path / "remote")
    project.commit("A remote")
    project.ok("dvc", "push")
    clone = replace(project, top=tmp_path / "clone")
    project.ok("git", "clone", "--quiet", project.top, clone.top)
    clone.ok("dvc", "pull")
    said = clone.ok("dvc", "repro")
    assert stages_run(said) == []
    assert "cnn@emodb" in clone.ok("zoo", "list")
    assert "SYNTHETIC" in clone.ok("zoo", "show", "statistics@emodb:candidate")
    wav = next((clone.top / "derived/synthetic/emodb/wav").glob("*.wav"))
    said = clone.ok("zoo", "predict", "--model", "cnn@emodb:candidate", wav)
    assert wav.name in said
    assert said == project.ok("zoo", "predict", "--model", "cnn@emodb:candidate", wav)
    assert clone.ok("git", "status", "--short") == ""


def test_the_commands_of_the_readme_run_in_order(project):
    blocks = BLOCK.findall((TOP / "README.md").read_text(encoding="utf-8"))
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    assert len(lines) > 10
    for line in filter(None, lines):
        done = project.run(line, shell=True)
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        assert "Traceback" not in done.stdout, line


def test_whatever_a_synthetic_study_shows_says_so(project):
    reports, derived = project.top / "reports/embedded", project.top / "derived/embedded"
    texts = {path: path.read_text(encoding="utf-8") for path in [reports / "index.html", derived / "checks/index.html"]}
    texts |= {path: path.read_text(encoding="utf-8") for path in derived.glob("zoo/*/*/README.md")}
    assert len(texts) == 6
    assert [path for path, text in texts.items() if "SYNTHETIC" not in text] == []
    wav = next((project.top / "derived/synthetic/emodb/wav").glob("*.wav"))
    name = "statistics@emodb:candidate"
    for words in (
        ["zoo", "report", "show"],
        ["zoo", "list"],
        ["zoo", "pull", name],
        ["zoo", "show", name],
        ["zoo", "predict", "--model", name, wav],
        ["zoo", "evaluate", name, "iemocap"],
        ["zoo", "study", "list"],
        ["zoo", "gate", "embedded"],
    ):
        assert "SYNTHETIC" in project.ok(*words), words
    predictions = pl.read_parquet(reports / "predictions.parquet")
    assert set(predictions["source_origin"]) == set(predictions["target_origin"]) == {"synthetic"}
    scores = pl.read_csv(reports / "scores.csv")
    assert set(scores["target_origin"]) == {"synthetic"}
    assert '"synthetic"' in project.ok("zoo", "predict", "--model", name, wav, "--json")


def test_the_gate_passes_what_is_unchanged_and_catches_a_model_made_worse(project):
    said = project.ok("zoo", "gate", "embedded")
    assert "same" in said
    assert "worse" not in said.replace("not worse", "")

    path = project.top / "reports/embedded/predictions.parquet"
    metadata = pl.read_parquet_metadata(path)
    told = {name: value for name, value in metadata.items() if name.startswith("zoo.")}
    worse = _shuffled(pl.read_parquet(path), "cnn", "iemocap")
    worse.write_parquet(path, metadata=told)
    done = project.run("zoo", "gate", "embedded")
    assert done.returncode == 3, done.stdout
    assert "error: cnn@iemocap on iemocap: worse" in done.stdout
    assert "detectable" in done.stdout


def _shuffled(predictions, model, corpus):
    """Within the corpus, the model's answers are about other utterances than they were given for."""
    row = pl.int_range(pl.len())
    wrong = (pl.col("model") == model) & (pl.col("source") == corpus) & (pl.col("target") == corpus)
    answers = predictions.filter(wrong).select("predicted", "probabilities").sample(fraction=1, shuffle=True, seed=1)
    places = predictions.with_columns(wrong.alias("wrong"), wrong.cum_sum().alias("at"))
    given = answers.with_columns((row + 1).cast(pl.UInt32()).alias("at"), pl.lit(True).alias("wrong"))
    mixed = places.join(given, on=["wrong", "at"], how="left", suffix="_other", maintain_order="left")
    return mixed.with_columns(
        pl.coalesce("predicted_other", "predicted").alias("predicted"),
        pl.coalesce("probabilities_other", "probabilities").alias("probabilities"),
    ).select(predictions.columns)
