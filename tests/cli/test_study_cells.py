"""`zoo study check` names what is wrong across corpora before anything runs."""

from pathlib import Path

import pytest
import yaml
from fixtures.studies import changed

FACTS = {
    "title": "Mine",
    "citation": "Me 2026",
    "licence": "CC-BY-4.0",
    "terms": "any",
    "commercial_use": True,
    "obtain": "here",
    "language": "de",
    "sampling_rate_hz": 16000,
    "duration_range_s": [0.1, 9.0],
    "native_labels": {"anger": 9, "neutral": 2},
    "emotions": {"anger": "anger", "neutral": "neutral"},
    "speakers": {"a": {"sex": "female"}},
}


def with_cells(*cells, **methods):
    return lambda values: values["cross"].update(cells=list(cells), methods={"source_only": {}, **methods})


def methods(enrol):
    return {
        "few": {"method_type": "few_shot", "labels": 5},
        "enrolment": {"method_type": "speaker_enrolment", "utterances": enrol},
    }


def with_own(name="mine", enrol=1, **facts):
    """A corpus of the project's own, of which a model of emodb is asked."""

    def change(values):
        Path("corpora").mkdir(exist_ok=True)
        Path(f"corpora/{name}.yaml").write_text(yaml.safe_dump(FACTS | facts), encoding="utf-8")
        values["corpora"].append(name)
        values["labels"][name], values["folds"][name] = "native", "leave_one_speaker_out"
        with_cells({"train": ["emodb"], "test": name}, **methods(enrol))(values)

    return change


MISTAKES = {
    "cross.methods.corla: unknown method 'corla'": (with_cells("each", corla={}), "did you mean coral"),
    "cross.methods.few_shot has no option 'label'": (with_cells("each", few_shot={"label": 5}), "did you mean labels"),
    "cross.methods has no source_only": (lambda values: values["cross"].update(methods={"coral": {}}), "source_only"),
    "cross.methods.source_only is em": (with_cells("each", source_only={"method_type": "em"}), "source_only: {}"),
    "cross.methods.em.trust = inf": (with_cells("each", em={"trust": float("inf")}), "finite"),
    "9 enrolled utterances of each of the 2 speakers of mine leave nothing of 11 to test": (
        with_own(speakers={"a": {}, "b": {}}, enrol=9),
        "enrol fewer",
    ),
    "cross.cells names emodbb": (with_cells({"train": "emodbb", "test": "ravdess"}), "did you mean emodb"),
    "cross.cells tests emodb by models": (
        with_cells({"train": ["emodb", "ravdess"], "test": "emodb"}),
        "folds test it",
    ),
    "cross.cells: the people of mine are those of emodb": (with_own(people="emodb"), "list the cells that are meant"),
    "cross.cells: emodb and mine have the class anger alone in common": (
        with_own(native_labels={"anger": 9}, emotions={"anger": "anger"}),
        "cross_scheme",
    ),
    "cross.cells: emodb and mine have no class in common": (
        with_own(native_labels={"bored": 9}, emotions={"bored": "boredom"}),
        "cross_scheme",
    ),
    "cross.methods.few: mine has one speaker": (with_own(), "remove the method"),
    "cross.methods.few: it needs to know who speaks, and mine names no speakers": (with_own(speakers={}), "remove"),
    "cross.methods.few: it needs 5 labelled utterances of each class of mine, and a class has 2": (
        with_own(speakers={"a": {}, "b": {}}),
        "label fewer",
    ),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_across_corpora_is_named_once_with_what_to_do(studies, message):
    change, hint = MISTAKES[message]
    result = changed(change)
    assert result.exit_code in (1, 2)
    lines = result.stderr.splitlines()
    [found] = [number for number, line in enumerate(lines) if message in line]
    assert lines[found].startswith("error: params.yaml: ") and lines[found + 1].startswith("hint: ")
    assert hint in lines[found + 1]


def test_cells_and_methods_without_a_mistake_are_accepted(studies):
    more = {"few_shot": {"labels": 1}, "coral": {}, "again": {"method_type": "by_speaker"}}
    result = changed(with_cells("each", "leave_one_corpus_out", {"train": "emodb", "test": "ravdess"}, **more))
    assert result.exit_code == 0, result.stderr
