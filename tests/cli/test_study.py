"""`zoo study`: studies are kept from being overwritten, and checked before they run."""

from pathlib import Path

import pytest
import yaml
from fixtures.studies import PARAMS, changed, zoo


def test_a_study_is_made_current_with_its_comments(studies):
    assert "* embedded" in zoo("study", "list").stdout
    assert zoo("study", "use", "other").exit_code == 0
    assert Path("params.yaml").read_bytes() == Path("studies/other.yaml").read_bytes()
    assert "* other" in zoo("study", "list").stdout
    assert "already" in zoo("study", "use", "other").stdout


def test_edits_of_params_are_not_overwritten(studies):
    edited = PARAMS.replace(b"num_trials: 2", b"num_trials: 3")
    Path("params.yaml").write_bytes(edited)
    rejected = zoo("study", "use", "other")
    assert rejected.exit_code == 1
    assert "--force" in rejected.stderr
    assert Path("params.yaml").read_bytes() == edited
    assert "params.yaml (edited)" in zoo("study", "list").stdout
    assert zoo("study", "use", "other", "--force").exit_code == 0
    assert Path("params.yaml").read_bytes() == Path("studies/other.yaml").read_bytes()


def test_an_unknown_or_wrong_study_is_named(studies):
    assert "did you mean embedded" in zoo("study", "use", "embeded").stderr
    Path("studies/wrong.yaml").write_bytes(PARAMS.replace(b"num_trials: 2", b"num_trails: 2"))
    result = zoo("study", "use", "wrong")
    assert result.exit_code == 2
    assert "num_trails" in result.stderr
    assert Path("params.yaml").read_bytes() == PARAMS


def test_a_study_in_a_folder_is_known_by_its_own_name(studies):
    Path("studies/published").mkdir()
    Path("studies/published/deep.yaml").write_bytes(PARAMS.replace(b"study: embedded", b"study: deep"))
    assert "  deep  emodb" in zoo("study", "list").stdout
    assert zoo("study", "use", "deep").exit_code == 0
    assert "* deep" in zoo("study", "list").stdout
    again = zoo("study", "new", "deep", "--corpora", "emodb", "--models", "cnn", "--synthetic")
    assert again.exit_code == 2 and "studies/published/deep.yaml is there already" in again.stderr
    Path("studies/deep.yaml").write_bytes(PARAMS)
    twice = zoo("study", "list")
    assert twice.exit_code == 2 and "have the same name" in twice.stderr


def test_a_copied_study_that_keeps_the_name_of_another_is_rejected(studies):
    """Its results would go where the other's are."""
    copy = Path("studies/mine.yaml")
    copy.write_bytes(Path("studies/other.yaml").read_bytes())
    for words in (("study", "use", "mine"), ("study", "use", "mine", "--force"), ("gate", "mine")):
        rejected = zoo(*words)
        assert rejected.exit_code == 2
        assert "studies/mine.yaml has study: other" in rejected.stderr
        assert "hint: set `study: mine` in studies/mine.yaml" in rejected.stderr
        assert Path("params.yaml").read_bytes() == PARAMS
    copy.write_bytes(copy.read_bytes().replace(b"study: other", b"study: mine"))
    assert zoo("study", "use", "mine").exit_code == 0
    assert Path("params.yaml").read_bytes() == copy.read_bytes()


def test_edits_are_kept_as_a_study_as_the_hint_says(studies):
    Path("params.yaml").write_bytes(PARAMS.replace(b"num_trials: 2", b"num_trials: 3"))
    hint = zoo("study", "use", "other").stderr
    assert "set `study: NEW_NAME` in params.yaml and cp params.yaml studies/NEW_NAME.yaml" in hint
    Path("params.yaml").write_bytes(Path("params.yaml").read_bytes().replace(b"study: embedded", b"study: new"))
    Path("studies/new.yaml").write_bytes(Path("params.yaml").read_bytes())
    assert zoo("study", "use", "other").exit_code == 0
    assert zoo("study", "use", "new").exit_code == 0


def test_what_would_stop_a_study_is_reported_before_it_runs(studies):
    params = Path("params.yaml")
    text = PARAMS.decode()
    assert zoo("study", "check").exit_code == 0
    params.write_text(text.replace("  cnn: {input", "  cnn: {architecture: cnn_lsmt, input"))
    wrong = zoo("study", "check")
    assert wrong.exit_code == 2 and "'cnn_lsmt'" in wrong.output and "cnn_lstm" in wrong.output
    recorded = text.replace("data: derived/synthetic", "data: data")
    params.write_text(recorded.replace("synthetic:\n  - emodb\n  - ravdess\n  - iemocap", "synthetic: []"))
    absent = zoo("study", "check")
    assert absent.exit_code == 1 and "zoo data add emodb PATH" in absent.output


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  ravdess: native", "  ravdess: ekman7+calm_as_neutral", ""),
        ("cross_scheme: core4", "cross_scheme: core4+calm_as_neutral", ""),
        ("  ravdess: native", "  ravdess: ekman8", "unknown label scheme 'ekman8'"),
        ("  ravdess: native", "  ravdess: core4+calm_is_neutral", "unknown choice of the label scheme core4"),
        ("label_sources: {}", "label_sources: {ravdes: crowd_audio}", "label_sources names ravdes"),
    ],
)
def test_choices_are_checked_with_the_words_of_their_corpora(studies, old, new, message):
    text = PARAMS.decode()
    assert old in text
    Path("params.yaml").write_text(text.replace(old, new))
    result = zoo("study", "check")
    assert (result.exit_code == 0) == (message == "")
    assert message in result.output


def test_a_protocol_for_another_corpus_is_reported_before_it_runs(studies):
    text = PARAMS.decode().replace("synthetic:\n  - emodb\n  - ravdess\n  - iemocap", "synthetic: []")
    Path("params.yaml").write_text(text.replace("  emodb: leave_speakers_out", "  emodb: luna_jimenez"))
    result = zoo("study", "check")
    assert result.exit_code == 1 and "luna_jimenez splits RAVDESS's 24 actors, but there are 10" in result.output


LARGE = {"hidden": 100000, "dropout": float("nan")}
MISTAKES = {
    "unknown fold protocol 'leave_speaker_out'": lambda values: values["folds"].update(emodb="leave_speaker_out"),
    "unknown label scheme 'core5'": lambda values: values.update(cross_scheme="core5"),
    "unknown type of input 'log_mels'": lambda values: values["inputs"].update(log_mels={}),
    "inputs.mfcc has no option 'delta'": lambda values: values["inputs"].update(mfcc={"delta": False}),
    "unknown step before an input 'trimm'": lambda values: values["inputs"].update(
        short={"input_type": "mfcc", "steps": {"trimm": {}}}
    ),
    "tasks.categorical has no option 'class_weight'": lambda values: values["tasks"].update(
        categorical={"class_weight": True}
    ),
    "unknown type of task 'softt'": lambda values: values["tasks"].update(softt={}),
    "unknown architecture 'cnn_lsmt'": lambda values: values["models"].update(cnn_lsmt={"input": "log_mel"}),
    "unknown hyperparameter of cnn 'widht'": lambda values: values["models"]["cnn"].update(fixed={"widht": 96}),
    "unknown augmentation 'tempoo'": lambda values: values["train"]["augmentation"]["bands"].update(tempoo=0.1),
    "gain would spoil coefficients": lambda values: values["train"]["augmentation"]["coefficients"].update(gain=1.0),
    "cnn with dropout = 1.5": lambda values: values["models"].update(
        broad={"architecture": "cnn", "input": "log_mel", "fixed": {"dropout": 1.5, "width": 0}}
    ),
    "cnn with width = 0: width counts something": lambda values: values["models"].update(
        broad={"architecture": "cnn", "input": "log_mel", "fixed": {"dropout": 1.5, "width": 0}}
    ),
    "bilstm with hidden = 100000: 80,": lambda values: values["models"].update(
        large={"architecture": "bilstm", "input": "log_mel", "fixed": LARGE}
    ),
    "bilstm with dropout = nan": lambda values: values["models"].update(
        large={"architecture": "bilstm", "input": "log_mel", "fixed": LARGE}
    ),
    "models.talker: emodb has nothing that the task dimensional can learn from": lambda values: (
        values["tasks"].update(dimensional={}),
        values["models"].update(talker={"architecture": "cnn", "input": "log_mel", "task": "dimensional"}),
    ),
    "models.listener: ravdess has nothing that the task soft can learn from": lambda values: (
        values["tasks"].update(soft={}),
        values["models"].update(listener={"architecture": "cnn", "input": "log_mel", "task": "soft"}),
    ),
    "models.leaky is selected as published, but no nested model is the same in all else": lambda values: values[
        "models"
    ].update(leaky={"architecture": "cnn", "input": "log_mel", "selection": "as_published"}),
    "models.paired: average = 2, but it is selected as published": lambda values: values["models"].update(
        twin={"architecture": "bilstm", "input": "log_mel", "average": 2},
        paired={"architecture": "bilstm", "input": "log_mel", "average": 2, "selection": "as_published"},
    ),
    "models.seen: views = 2, but it is selected as published": lambda values: values["models"].update(
        heard={"architecture": "bilstm", "input": "log_mel", "views": 2},
        seen={"architecture": "bilstm", "input": "log_mel", "views": 2, "selection": "as_published"},
    ),
    "models.bilstm.views = 3, but inputs.log_mel has 0 copies": lambda values: values["models"]["bilstm"].update(
        views=3
    ),
    "models.bilstm has `published`, but its selection is nested": lambda values: values["models"]["bilstm"].update(
        published={"uar": 0.9, "source": "somebody"}
    ),
    "models.cnn.average = 5, but its search tries 2": lambda values: values["models"]["cnn"].update(average=5),
    "bilstm with hidden = 96": lambda values: values["models"].update(
        many={"architecture": "bilstm", "input": "log_mel", "average": 3, "num_trials": 9}
    ),
    "tune.groups = 11, but ravdess has 5 sets": lambda values: values["tune"].update(groups=11),
    "label_sources.emodb = crowd_audio": lambda values: values["label_sources"].update(emodb="crowd_audio"),
    "labels names ravdes,": lambda values: values["labels"].update(ravdes="native"),
    "folds names emodbb,": lambda values: values["folds"].update(emodbb="fixed"),
    "train.crop_s = 0.001 is shorter than a frame of inputs.log_mel": lambda values: values["train"].update(
        crop_s=0.001
    ),
    "train.augmentation.bands.vocal_tract = 0.5": lambda values: values["train"]["augmentation"]["bands"].update(
        vocal_tract=0.5
    ),
}
NEAR = {
    "leave_speaker_out": "leave_speakers_out",
    "core5": "core4",
    "log_mels": "log_mel",
    "'delta'": "deltas",
    "trimm": "trim",
    "class_weight'": "class_weights",
    "softt": "soft",
    "cnn_lsmt": "cnn_lstm",
    "widht": "width",
    "tempoo": "tempo",
    "spoil": "tempo",
    "cnn with": "0.05, 0.1",
    "bilstm with": "hidden: [48, 64, 96]",
    "but no nested": "without `selection` and `published`",
    "average = 2": "remove `average`",
    "views = 2": "remove `views`",
    "views = 3": "at most 1 here",
    "`published`, but": "selection: as_published",
    "average = 5": "1 to 2",
    "dimensional": "corpora that have: iemocap",
    "soft can": "crema_d (label_sources: crowd_audio), iemocap",
    "tune.groups": "2 to 5",
    "label_sources": "crema_d",
    "ravdes,": "ravdess",
    "emodbb,": "emodb",
    "crop_s": "every 0.01 s",
    "vocal_tract": "less than 0.5",
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_is_named_with_what_is_near(studies, message):
    result = changed(MISTAKES[message])
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    [found, *_] = [number for number, line in enumerate(lines) if message in line]
    assert lines[found].startswith("error: params.yaml: ") and lines[found + 1].startswith("hint: ")
    near = next(wanted for part, wanted in NEAR.items() if part in message)
    assert near in lines[found + 1]


def test_all_mistakes_are_named_at_once_and_each_once(studies):
    def change(values):
        for mistake in MISTAKES.values():
            mistake(values)

    result = changed(change)
    assert result.exit_code == 2
    for message in MISTAKES:
        assert result.stderr.count(message) == 1, message
    lines = result.stderr.splitlines()
    assert len(set(lines[::2])) == len(lines[::2]) == len(lines[1::2])  # a hint for each, and nothing twice
    assert all(one.startswith("error: ") for one in lines[::2]) and all(one.startswith("hint: ") for one in lines[1::2])


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ({"sex": {}}, "models.cnn: the task sex only helps another one"),
        ({"sex": {"task_type": "multitask", "parts": {"sex": {}}}}, "at least 2"),
        ({"sex": {"task_type": "multitask", "parts": {"sex": {}, "sexes": {}}}}, "unknown type of task 'sexes'"),
    ],
)
def test_sex_alone_is_no_task_of_a_model(studies, tasks, message):
    def change(values):
        values["tasks"] |= tasks
        values["models"]["cnn"]["task"] = "sex"

    result = changed(change)
    assert result.exit_code == 2 and message in result.stderr


def test_batches_cannot_be_balanced_by_classes_that_a_task_does_not_ask(studies):
    def change(values):
        values["tasks"].update(dimensional={})
        values["train"].update(balanced_batches=True)
        values["models"].update(talking={"architecture": "cnn", "input": "log_mel", "task": "dimensional"})

    result = changed(change)
    assert result.exit_code == 2
    assert "models.talking: train.balanced_batches evens out classes, but the task dimensional asks for none" in (
        result.stderr
    )
    assert "models.cnn:" not in result.stderr


def test_a_grid_has_a_step_that_is_a_number(studies):
    endless = {"endless": {"input_type": "log_mel", "grid": {"step": float("inf")}}}
    result = changed(lambda values: values["inputs"].update(endless))
    assert result.exit_code == 2 and "inputs.endless.grid.step = inf" in result.stderr


def test_sex_may_be_a_part_of_a_task(studies):
    def change(values):
        values["tasks"]["both"] = {"task_type": "multitask", "parts": {"categorical": {}, "sex": {"weight": 0.1}}}
        values["models"]["cnn"]["task"] = "both"

    assert changed(change).exit_code == 0


def test_an_input_that_the_architecture_does_not_take_is_found(studies):
    def change(values):
        values["inputs"]["waveform"] = {}
        values["train"]["augmentation"]["waveform"] = {}
        values["models"]["cnn"]["input"] = "waveform"

    result = changed(change)
    assert result.exit_code == 2
    assert "models.cnn: cnn takes bands, but the input waveform is of the kind waveform" in result.stderr


def test_mistakes_of_types_and_names_are_all_named(studies):
    def change(values):
        values["tune"] |= {"num_trails": 2, "groups": 1}
        del values["tune"]["num_trials"]
        values["train"]["patience"] = "long"

    result = changed(change)
    assert result.exit_code == 2
    for message in ("unknown parameter 'tune.num_trails'", "tune.groups = 1", "train.patience = 'long'"):
        assert result.stderr.count(message) == 1
    assert "is missing" not in result.stderr


def test_what_does_not_fit_within_the_file_is_named_with_the_rest(studies):
    def change(values):
        del values["folds"]["emodb"]
        values["models"]["cnn"]["input"] = "log_mell"
        values["models"]["majority"] = {"architecture": "cnnn", "input": "log_mel"}
        values["cross_scheme"] = "core5"

    result = changed(change)
    assert result.exit_code == 2
    for message in ("folds has no entry for emodb", "inputs has no 'log_mell'", "a baseline", "'cnnn'", "'core5'"):
        assert result.stderr.count(message) == 1


def test_a_model_cannot_have_the_name_of_a_baseline(studies):
    values = yaml.safe_load(PARAMS)
    values["models"]["majority"] = {"architecture": "cnn", "input": "log_mel"}
    (studies / "params.yaml").write_text(yaml.safe_dump(values))
    done = zoo("study", "check")
    assert done.exit_code == 2 and "majority is the name of a baseline" in done.output


def test_a_misspelt_speaker_of_exploration_is_a_mistake(studies):
    values = yaml.safe_load(PARAMS)
    seen = {"speakers": ["3"], "alternatives": 2, "until": "2026-10", "choices": "dropout"}
    values["exploration"] = {"emodb": seen}
    (studies / "params.yaml").write_text(yaml.safe_dump(values))
    done = zoo("study", "check")
    assert done.exit_code == 2 and "unknown speaker of emodb '3'" in done.output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values["models"]["bilstm"].update(fixed={"layers": 10**9}), "layers is at most"),
        (lambda values: values.update(data="data"), "the synthetic emodb is in derived/synthetic"),
        (lambda values: values["inputs"].update(mfcc={"input_type": "../mfcc"}), "unknown type of input '../mfcc'"),
        (lambda values: values["inputs"].update(mfcc={"input_type": "m" * 300}), "unknown type of input 'mmm"),
        (lambda values: values["models"]["cnn"].update(fixed={"width": 10**30}), "width is at most"),
    ],
)
def test_what_would_fill_the_memory_or_leave_the_folders_is_rejected(studies, change, message):
    found = changed(change)
    assert found.exit_code == 2
    assert message in found.stderr and max(map(len, found.stderr.splitlines())) < 600
