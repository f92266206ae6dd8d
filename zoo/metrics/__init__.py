"""The figures of the field: a file a metric, or a family that shares its sums, found by its constant METRICS."""

from zoo.errors import unknown
from zoo.metrics.contract import Answers, Metric
from zoo.registry import Registry

REGISTRY = Registry[tuple[Metric, ...]]("zoo.metrics", "METRICS", "family of metrics")
# what leaderboards, differences and the gate compare
HEADLINE = {"categorical": "uar", "soft": "js_distance", "dimensional": "ccc"}


def every() -> list[Metric]:
    """All metrics, by family in alphabetical order."""
    return [metric for family in REGISTRY.names() for metric in REGISTRY.get(family)]


def get(name: str) -> Metric:
    """A metric by its name. Raises ZooError with similar names when there is none."""
    known = {metric.name: metric for metric in every()}
    if name not in known:
        raise unknown("metric", name, known)
    return known[name]


def applicable(task: str, answers: Answers) -> list[Metric]:
    """The metrics of a task whose needs these answers meet."""
    return [metric for metric in every() if task in metric.tasks and answers.has(metric.needs)]


def headline(task: str) -> Metric:
    """The metric that models of a task are compared by. Raises ZooError for an unknown task."""
    if task not in HEADLINE:
        raise unknown("task", task, HEADLINE)
    return get(HEADLINE[task])
