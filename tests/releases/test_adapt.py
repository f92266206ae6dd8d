"""zoo adapt and zoo evaluate --method: on recordings of one's own, with the ledger of what was seen of them."""

import csv
import json
import shutil

import pytest
import soundfile

LABELS = ("anger", "happiness", "neutral", "sadness")
NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn", "gus", "hana", "ida", "jo", "kim", "lea")
NATIVE = {"05": "anger", "03": "happiness", "01": "neutral", "04": "sadness"}


@pytest.fixture
def own(project, tmp_path):
    """A folder with a laboratory's corpus: speakers of RAVDESS's stand-in under other names, in core4."""
    folder = tmp_path / "own"
    folder.mkdir()
    rows = []
    for number, path in enumerate(sorted((project / "derived/synthetic/ravdess").rglob("*.wav"))):
        emotion, actor = path.stem.split("-")[2], int(path.stem.split("-")[-1])
        if emotion in NATIVE and actor <= 12:
            shutil.copyfile(path, folder / f"{number}.wav")
            rows.append({"path": f"{number}.wav", "label": NATIVE[emotion], "speaker": NAMES[actor - 1]})
    write(folder / "every.csv", rows)
    return folder


def write(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows_of(own, *people, each=100):
    """The rows of these speakers, so many of each class."""
    with (own / "every.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if not people or row["speaker"] in people]
    return [row for label in LABELS for row in [row for row in rows if row["label"] == label][:each]]


def test_methods_stand_beside_the_model_s_own_answers_with_what_they_saw(zoo, own):
    table = own / "every.csv"
    words = ("--method", "by_corpus", "--method", "few_shot:labels=2", "--method", "by_speaker", "--draws", "3")
    found = json.loads(zoo("evaluate", "statistics@emodb", table, *words, "--json").stdout)
    alone, *others = found["methods"]
    assert (alone["method"], alone["sights"], alone["difference"]) == ("source_only", "nothing", None)
    plain = json.loads(zoo("evaluate", "statistics@emodb", table, "--json").stdout)
    assert alone["uar"]["value"] == pytest.approx(plain["uar"]["value"], abs=1e-6)
    assert {one["method"]: one["sights"] for one in others} == {
        "by_corpus": "unlabelled utterances",
        "by_speaker": "unlabelled utterances, their speakers",
        "few_shot:labels=2": "2 labels a class",
    }
    shot = others[-1]
    assert shot["num_draws"] == 3 and shot["num_scored"] < alone["num_scored"] == len(rows_of(own))
    shown = zoo("evaluate", "statistics@emodb", table, *words).stdout
    assert "SYNTHETIC" in shown and "not to be ranked with each other" in shown


def test_labels_do_not_change_what_methods_without_labels_answer(zoo, own):
    with (own / "every.csv").open() as file:
        rows = list(csv.DictReader(file))
    write(own / "turned.csv", [row | {"label": LABELS[LABELS.index(row["label"]) - 1]} for row in rows])
    folders = [own / name for name in ("one", "other")]
    for table, to in zip(("every.csv", "turned.csv"), folders, strict=True):
        assert zoo("adapt", "statistics@emodb", own / table, "--method", "em", "--to", to).exit_code == 0
    answers = [zoo("predict", "--model", to, own).stdout for to in folders]
    assert answers[0] == answers[1]
    one, other = ((to / "seen.safetensors").read_bytes() for to in folders)
    assert one == other


def test_an_adapted_model_states_what_it_saw_and_never_scores_whom_it_saw_labelled(zoo, own):
    labels = write(own / "labels.csv", rows_of(own, "ada", "ben", each=2))
    made = zoo("adapt", "statistics@emodb", "--labels", labels, "--method", "few_shot", "--to", own / "mine")
    assert made.exit_code == 0, made.stderr
    text = (own / "mine/README.md").read_text(encoding="utf-8")
    assert "sights: 2 labels a class" in text and "never scored: ada, ben" in text
    wav = own / rows_of(own)[0]["path"]
    answer = json.loads(zoo("predict", "--model", own / "mine", wav, "--json").stdout)
    assert set(answer["predictions"][0]["probabilities"]) == set(LABELS)
    assert answer["sights"] == "2 labels a class" and answer["version"] == "candidate, adapted by few_shot"

    others = write(own / "others.csv", rows_of(own, *NAMES[2:]))
    score = json.loads(zoo("evaluate", own / "mine", others, "--json").stdout)
    assert score["sights"] == "2 labels a class" and "8 labelled recordings" in score["saw"]
    # recordings of the same people that it never saw, in a table without those that it saw
    seen = {row["path"] for row in csv.DictReader(labels.open())}
    same = write(own / "same.csv", [row for row in rows_of(own, "ben", "cleo") if row["path"] not in seen])
    refused = zoo("evaluate", own / "mine", same)
    assert refused.exit_code == 3 and "(ben)" in refused.stderr and "cleo" not in refused.stderr
    rest = json.loads(zoo("evaluate", own / "mine", own / "every.csv", "--leave-out-training-data", "--json").stdout)
    assert rest["num_speakers"] == len({row["speaker"] for row in rows_of(own)} - {"ada", "ben"})


def test_who_speaks_is_asked_of_a_model_that_was_adapted_speaker_by_speaker(zoo, own):
    assert (
        zoo("adapt", "statistics@emodb", own / "every.csv", "--method", "by_speaker", "--to", own / "m").exit_code == 0
    )
    wav = own / rows_of(own)[0]["path"]
    assert "pass --speaker NAME" in zoo("predict", "--model", own / "m", wav).stderr
    assert zoo("predict", "--model", own / "m", "--speaker", "ada", wav).exit_code == 0
    direct = json.loads(
        zoo("evaluate", "statistics@emodb", own / "every.csv", "--method", "by_speaker", "--json").stdout
    )
    score = json.loads(zoo("evaluate", own / "m", own / "every.csv", "--json").stdout)
    assert score["uar"]["value"] == pytest.approx(direct["methods"][1]["uar"]["value"], abs=0.02)


def test_recordings_by_which_speakers_are_known_are_not_scored(zoo, own):
    people = NAMES[:3]
    enrolled = [next(row for row in rows_of(own) if row["speaker"] == name) for name in people]
    table = write(own / "enrolled.csv", [{name: row[name] for name in ("path", "speaker")} for row in enrolled])
    assert zoo("adapt", "statistics@emodb", table, "--method", "speaker_enrolment", "--to", own / "m").exit_code == 0
    every = rows_of(own, *people)
    sound, rate = soundfile.read(own / enrolled[0]["path"])
    soundfile.write(own / "copy.flac", sound * 0.5, rate)
    copy = {**enrolled[0], "path": "copy.flac", "speaker": "another"}
    score = json.loads(zoo("evaluate", own / "m", write(own / "three.csv", [*every, copy]), "--json").stdout)
    assert score["num_utterances"] == len(every) - 3
    assert score["sights"] == "1 unlabelled utterances of each speaker, their speakers"


def test_a_model_that_streams_answers_by_what_came_before(zoo, own):
    assert zoo("adapt", "statistics@emodb", "--method", "streaming", "--to", own / "m").exit_code == 0
    first, *_, last = [own / row["path"] for row in rows_of(own)]
    alone, after = (
        json.loads(zoo("predict", "--model", own / "m", *files, "--json").stdout)["predictions"]
        for files in ((last,), (first, last))
    )
    assert alone[0]["probabilities"] != after[1]["probabilities"]


def test_a_changed_folder_or_another_release_is_refused(zoo, own, retrained):
    zoo("adapt", "statistics@emodb", own / "every.csv", "--method", "by_corpus", "--to", own / "m")
    retrained(seed=5)
    wav = own / rows_of(own)[0]["path"]
    other = zoo("predict", "--model", own / "m", wav)
    assert other.exit_code == 1 and "was made with another statistics@emodb:candidate" in other.stderr
    (own / "m/seen.safetensors").write_bytes(b"")
    assert zoo("predict", "--model", own / "m", wav).exit_code == 1
    again = zoo("evaluate", own / "m", own / "every.csv", "--method", "em")
    assert again.exit_code != 0


def test_a_folder_with_anything_else_is_left_alone(zoo, own):
    before = sorted(path.name for path in own.iterdir())
    found = zoo("adapt", "statistics@emodb", own, "--method", "by_corpus", "--to", own)
    assert found.exit_code == 2 and "exists, and is no adapted model" in found.stderr
    assert sorted(path.name for path in own.iterdir()) == before
    (own / "notes").mkdir()
    (own / "notes/README.md").write_text("mine")
    assert zoo("adapt", "statistics@emodb", own, "--method", "by_corpus", "--to", own / "notes").exit_code == 2
    under = zoo("adapt", "statistics@emodb", own, "--method", "by_corpus", "--to", own / "every.csv/m")
    assert under.exit_code == 1 and "every.csv is no folder" in under.stderr
    assert "standard input" in zoo("adapt", "statistics@emodb", "-", "--method", "by_corpus", "--to", own / "m").stderr
    for _ in range(2):  # the second replaces the first
        assert zoo("adapt", "statistics@emodb", "--method", "streaming", "--to", own / "m").exit_code == 0


def test_a_recording_that_is_named_twice_is_seen_once(zoo, own):
    rows = rows_of(own, "ada", "ben", each=2)
    table = write(own / "some.csv", [{name: row[name] for name in ("path", "speaker")} for row in rows])
    files = [own / row["path"] for row in rows]
    found = zoo("adapt", "statistics@emodb", *files, table, "--method", "by_speaker", "--to", own / "m")
    assert found.exit_code == 0 and f"{len(rows)} recordings are named again, and seen once" in found.stderr
    ledger = json.loads((own / "m/adapted.json").read_text())["ledger"]
    assert ledger["num_unlabelled"] == len(rows)
    other = write(own / "other.csv", [{"path": rows[0]["path"], "speaker": "zoe"}])
    twice = zoo("adapt", "statistics@emodb", table, other, "--method", "by_speaker", "--to", own / "n")
    assert twice.exit_code == 2 and "and by zoe" in twice.stderr and not (own / "n").exists()


def test_an_assumed_prior_does_not_look_at_which_classes_the_labels_have(zoo, own):
    table = write(own / "three.csv", [row for row in rows_of(own, each=5) if row["label"] != "anger"])
    found = zoo("evaluate", "statistics@emodb", table, "--scheme", "core4", "--method", "em:prior=assumed")
    assert found.exit_code == 2 and "all classes are as frequent" in found.stderr and "no anger" in found.stderr


WRONG = {
    "no recordings": ((), "by_corpus", None, "needs 1 recording without labels to see, and was given none"),
    "too few": (("one.wav",), "coral", None, "needs 2 recordings without labels to see, and was given 1"),
    "no speakers": (("one.wav",), "by_speaker", None, "by_speaker needs to know who speaks"),
    "labels that nobody sees": (("one.wav",), "by_corpus", "labels.csv", "does not look at labels"),
    "recordings that nobody sees": (("one.wav",), "few_shot", "labels.csv", "does not look at recordings without"),
    "no labels": ((), "few_shot", None, "few_shot needs labelled recordings"),
    "a class is missing": ((), "few_shot", "missing.csv", "no labelled recording is sadness"),
    "unknown speakers": ((), "few_shot", "anonymous.csv", "it is not said who speaks"),
    "nothing to do": ((), "source_only", None, "source_only is the release as it is"),
    "a control": (("one.wav",), "adversarial", None, "adversarial is a control"),
    "a training recording under another name": (("heard.wav",), "by_corpus", None, "trained on 1 utterance"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_adapted_to_is_one_message(zoo, own, project, case):
    recordings, method, labels, message = WRONG[case]
    rows = rows_of(own, "ada", "ben", each=2)
    write(own / "labels.csv", rows)
    write(own / "missing.csv", [row for row in rows if row["label"] != "sadness"])
    write(own / "anonymous.csv", [{name: row[name] for name in ("path", "label")} for row in rows])
    shutil.copyfile(own / rows[0]["path"], own / "one.wav")
    shutil.copyfile(next((project / "derived/synthetic/emodb").rglob("03*.wav")), own / "heard.wav")
    words = ["adapt", "statistics@emodb", *(own / name for name in recordings), "--method", method, "--to", own / "m"]
    found = zoo(*words, *(("--labels", own / labels) if labels else ()))
    assert found.exit_code in (1, 2, 3) and message in found.stderr, found.stderr
    assert found.stderr.count("error:") == 1 and "hint:" in found.stderr
    assert not (own / "m").exists()


UNFIT = {
    "too few of a speaker": ((), "speaker_enrolment:utterances=50", "hears 50 utterances of each speaker that are not"),
    "one speaker": (("ada",), "few_shot:labels=1", "has one speaker"),
    "too few of a class": (("ada", "ben"), "few_shot:labels=99", "99 labelled utterances of each class"),
    "an unknown method": ((), "by_magic", "unknown method 'by_magic'"),
    "an unknown option": ((), "few_shot:shots=3", "has no option 'shots'"),
    "an option that YAML cannot read": ((), "em:trust={", "'{' is no value of trust"),
    "an infinite option": ((), "by_corpus:mean_utterances=.inf", "mean_utterances = .inf"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_data_that_a_method_cannot_be_scored_on_is_one_message(zoo, own, case):
    people, method, message = UNFIT[case]
    table = write(own / "some.csv", rows_of(own, *people))
    found = zoo("evaluate", "statistics@emodb", table, "--method", method)
    assert found.exit_code in (1, 2) and message in found.stderr, found.stderr
    assert found.stderr.count("error:") == 1 and "hint:" in found.stderr
