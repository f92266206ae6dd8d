"""The network of a finished training."""

from zoo import architectures
from zoo.architectures.recogniser import Recogniser
from zoo.training.data import CorpusData
from zoo.training.job import Job, Outcome


def network_of(data: CorpusData, job: Job, outcome: Outcome) -> Recogniser:
    """With the weights of the outcome, which must have been asked for; on the processor."""
    assert outcome.weights is not None
    network = architectures.build(
        data.model.architecture, job.recipe.hyperparameters, data.store.num_dims, data.task.num_outputs
    )
    network.load_state_dict(outcome.weights)
    return network
