"""What is kept of a search beside the scores: its figures, and learning curves."""

import json

from zoo.evaluation.search import learning_curves, search_figures
from zoo.tables.trials import TRIALS

BEST = {"emodb": {"UAR": {"best": "cnn", "dev_scores": {"cnn": 0.55, "svm": 0.5}}}}


def trial(model, group, config_id, score, curve):
    return {
        "corpus": "emodb",
        "model": model,
        "group": group,
        "config_id": config_id,
        "config": json.dumps({"number": config_id}),
        "epoch": 1,
        "dev_score": score,
        "output_scale": 1.0,
        "dev_loss": 1.0,
        "dev_scores": curve,
    }


TRIALS_OF_BOTH = TRIALS.frame(
    [
        trial("cnn", 0, 0, 0.4, [0.2, 0.4]),
        trial("cnn", 0, 1, 0.6, [0.6, 0.51234567]),
        trial("cnn", 1, 0, 0.5, [0.5, 0.1]),
        trial("cnn", 1, 1, 0.45, [0.1, 0.45]),
        trial("svm", 0, 0, 0.5, []),
    ]
)


def test_a_search_states_its_best_and_the_configuration_of_its_release():
    found = search_figures(TRIALS_OF_BOTH, BEST, {("emodb", "cnn"): 12})
    cnn, svm = found.iter_rows(named=True)
    assert cnn["is_best"] and not svm["is_best"]
    assert (cnn["by_group"], cnn["low"], cnn["high"]) == ("0.600 0.500", 0.4, 0.6)
    assert json.loads(cnn["config"]) == {"number": 1}  # the best mean over groups
    assert (cnn["num_configurations"], cnn["num_groups"], cnn["dev_score"]) == (2, 2, 0.55)
    assert (cnn["num_parameters"], svm["num_parameters"]) == (12, None)


def test_a_learning_curve_is_kept_of_every_trial_that_has_epochs_and_the_chosen_one_is_marked():
    found = learning_curves(TRIALS_OF_BOTH)
    assert set(found["model"]) == {"cnn"}
    chosen = {(row["group"], row["config_id"]) for row in found.iter_rows(named=True) if row["is_chosen"]}
    assert chosen == {(0, 1), (1, 0)}
    curve = found.filter(group=0, config_id=1)["dev_scores"][0].to_list()
    assert [round(one, 4) for one in curve] == [0.6, 0.5123]
