"""What methods answer about other corpora: which cells, which rows, kept results, and what is rejected."""

import numpy as np
import polars as pl
import pytest

from zoo.errors import ZooError
from zoo.inputs.store import Store
from zoo.scoring.adapt import adapt
from zoo.tables.adapted import ADAPTED, COUNTS
from zoo.tables.manifest import MANIFEST

METHODS = {"source_only": {}, "by_corpus": {}, "few_shot_1": {"method_type": "few_shot", "labels": 1}}


@pytest.fixture
def study_with(two_corpora):
    """study_with(**changes of cross): the study with three methods."""
    return lambda **changes: two_corpora(**{"methods": METHODS, "draws": 3} | changes)


def written(study):
    folder = study.derived / "adapted/statistics"
    return ADAPTED.read(folder / "predictions.parquet"), COUNTS.read(folder / "counts.parquet")


def rewrite(study, corpus, *columns):
    path = study.derived / "manifest" / f"{corpus}.parquet"
    MANIFEST.write(MANIFEST.read(path).with_columns(*columns), path, {})


def test_every_method_answers_about_every_cell_and_states_what_it_saw(study_with, capsys):
    study = study_with()
    adapt(study, "statistics")
    predictions, counts = written(study)
    cells = {("emodb", "nemo"), ("nemo", "emodb")}
    for table in (predictions, counts):
        assert set(table.select("source", "target").iter_rows()) == cells
        assert {*table.select("method", "sights").iter_rows()} == {
            ("source_only", "nothing"),
            ("by_corpus", "unlabelled utterances"),
            ("few_shot_1", "1 labels a class"),
        }
    whole = predictions.filter(source="emodb", method="source_only")
    assert len(whole) == whole["utterance_id"].n_unique() == 54
    few = predictions.filter(source="emodb", method="few_shot_1")
    assert set(few["draw"]) == {0, 1, 2}
    assert "adapt statistics 2/2: nemo on emodb" in capsys.readouterr().err
    # both tables say the same
    right = predictions.filter(pl.col("label") == pl.col("predicted")).group_by("source", "method", "draw").len("n")
    diagonal = counts.with_columns(
        pl.col("counts").map_elements(
            lambda own: int(np.trace(np.reshape(own.to_list(), [int(len(own) ** 0.5)] * 2))), return_dtype=pl.Int64
        )
    )
    from_counts = diagonal.group_by("source", "method", "draw").agg(pl.col("counts").sum())
    both = right.join(from_counts, on=["source", "method", "draw"])
    assert len(both) == len(right) and (both["n"] == both["counts"]).all()


def test_answers_are_the_same_in_processes_and_again_from_what_is_kept(study_with, monkeypatch, capsys):
    study = study_with(stress=True)
    adapt(study, "statistics")
    folder = study.derived / "adapted/statistics"
    alone = {path.name: path.read_bytes() for path in folder.iterdir()}
    scratch = study.derived.parent / "scratch/adapted"
    for path in scratch.iterdir():
        path.unlink()
    several = study.model_copy(update={"execute": study.execute.model_copy(update={"workers": 2})})
    adapt(several, "statistics")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == alone
    capsys.readouterr()
    kept = sorted(scratch.iterdir())
    kept[0].unlink()  # as if one cell had not come to its end
    adapt(study, "statistics")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == alone
    said = capsys.readouterr().err
    assert "1 of 2 cells are kept from earlier runs" in said and "1/1" in said


def test_what_is_kept_is_not_taken_for_that_of_other_options_labels_or_features(study_with, rewrite_features):
    study = study_with()
    adapt(study, "statistics")
    before, _ = written(study)
    more = study.cross.model_copy(update={"draws": 4})
    adapt(study.model_copy(update={"cross": more}), "statistics")
    assert set(written(study)[0].filter(method="few_shot_1")["draw"]) == {0, 1, 2, 3}
    rng = np.random.default_rng(0)
    names = before.filter(target="nemo")["utterance_id"].unique()
    features = study.derived / "features/nemo/log_mel"
    rewrite_features(features, {name: rng.normal(size=(20, 6)).astype(np.float32) for name in names})
    adapt(study, "statistics")
    after, _ = written(study)
    assert not before.filter(target="nemo", method="source_only").equals(
        after.filter(target="nemo", method="source_only")
    )


def test_a_speaker_is_counted_apart_in_each_elicitation_and_language(study_with):
    study = study_with()
    last = pl.col("utterance_id").str.ends_with("2")
    rewrite(
        study,
        "nemo",
        pl.when(last).then(pl.lit("spontaneous")).otherwise("elicitation").alias("elicitation"),
        pl.when(last).then(pl.lit("pl")).otherwise("language").alias("language"),
    )
    adapt(study, "statistics")
    _, counts = written(study)
    own = counts.filter(source="emodb", method="source_only", speaker_id="s0")
    sums = {row["elicitation"]: (row["language"], sum(row["counts"])) for row in own.iter_rows(named=True)}
    assert sums == {"acted": ("de", 6), "spontaneous": ("pl", 3)}


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lambda study: rewrite(
                study,
                "nemo",
                pl.when(pl.col("utterance_id") == "s1anger0")
                .then(pl.lit("s0anger0"))
                .otherwise("sha256_samples")
                .alias("sha256_samples"),
            ),
            r"trained on 1 of the 54 utterances of nemo, such as s1anger0\.wav",
        ),
        (
            lambda study: rewrite(study, "nemo", pl.lit("s0").alias("speaker_id")),
            "cross.methods.few_shot_1: nemo has one speaker",
        ),
    ],
)
def test_a_cell_that_is_no_test_is_rejected_before_anything_is_computed(study_with, break_it, message):
    study = study_with()
    break_it(study)
    with pytest.raises(ZooError, match=message):
        adapt(study, "statistics")
    assert not (study.derived.parent / "scratch/adapted").exists()
    assert not (study.derived / "adapted").exists()


def test_models_without_classes_and_without_methods_say_that_there_is_nothing_to_do(tiny_study, capsys):
    study = tiny_study(
        models={"statistics": {"task": "dimensional"}}, tasks={"dimensional": {}}, cross={"methods": METHODS}
    )
    adapt(study, "statistics")
    assert "its task dimensional asks none" in capsys.readouterr().err
    adapt(tiny_study(models=["statistics"]), "statistics")
    assert "cross.methods names none" in capsys.readouterr().err
    assert written(study)[0].is_empty()


def test_other_labels_and_other_utterances_of_a_target_change_no_answer_of_a_model_alone(study_with, rewrite_features):
    study = study_with(methods={"source_only": {}, "by_corpus": {}})
    adapt(study, "statistics")
    before, _ = written(study)
    labels = pl.col("native_label").shuffle(seed=1)
    rewrite(study, "nemo", labels.alias("native_label"))
    adapt(study, "statistics")
    after, _ = written(study)
    to_nemo = {"source": "emodb", "target": "nemo"}
    assert not before.filter(**to_nemo)["label"].equals(after.filter(**to_nemo)["label"])
    assert before.filter(**to_nemo)["probabilities"].equals(after.filter(**to_nemo)["probabilities"])
    store = Store(study.derived / "features/nemo/log_mel")
    names = before.filter(**to_nemo)["utterance_id"].unique().sort()
    poisoned = {name: store.frames(name) + (50 if number % 2 else 0) for number, name in enumerate(names)}
    rewrite_features(study.derived / "features/nemo/log_mel", poisoned)
    adapt(study, "statistics")
    others = pl.col("utterance_id").is_in(names.gather_every(2).to_list())
    for method, same in (("source_only", True), ("by_corpus", False)):
        kept, found = (
            one.filter(others, **to_nemo, method=method)["probabilities"] for one in (before, written(study)[0])
        )
        assert len(kept) == 27 and kept.equals(found) == same
