"""The output of `zoo predict`: plain text for terminals and pipes, and JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from zoo import terminal
from zoo.cli.of_models import about
from zoo.releases import SYNTHETIC
from zoo.releases.card import Card
from zoo.releases.doubts import elsewhere, of_recording
from zoo.releases.predict import Prediction

if TYPE_CHECKING:
    from zoo.releases.load import Model


@dataclass(frozen=True)
class Known:
    """What is shown about a model. classes and values: the names of its answers; version: that was asked for. sights:
    what it saw of the speech it was adapted to; see zoo.tables.sights."""

    card: Card
    version: str
    classes: Sequence[str]
    values: Sequence[str]
    sights: str

    @staticmethod
    def of(model: "Model", version: str) -> "Known":
        """Of a model that was loaded."""
        classes = model.card.classes if model.has_classes else []
        return Known(model.card, version, classes, model.values, model.sights)

    @property
    def is_synthetic(self) -> bool:
        """Whether it was trained on made-up stand-ins for speech."""
        return self.card.origin == "synthetic"

    @property
    def title(self) -> str:
        """In a line."""
        return f"{self.card.name}:{self.version}" + (f" ({SYNTHETIC})" if self.is_synthetic else "")

    @property
    def about(self) -> dict[str, Any]:
        """What JSON begins with."""
        stated = about(self.card.name, self.version, self.card.origin)
        return {**stated, "sights": self.sights, "uar_on_other_corpora": [asdict(one) for one in elsewhere(self.card)]}


def table(known: Known, found: list[Prediction]) -> str:
    """One line for each file: the predicted class, its probability and that of every class; then the values, if any."""
    head = ("file", *(("label", "probability", *known.classes) if known.classes else ()), *known.values)
    rows = []
    for item in found:
        cells = [item.name]
        if item.answer is None:
            cells += ["-"] * (len(head) - 1)
        else:
            shares = item.answer.probabilities
            if known.classes:
                cells.append(item.answer.label or "")
                cells += [f"{share:.3f}" for share in (max(shares.values()), *shares.values())]
            cells += [f"{value:.3f}" for value in item.answer.values.values()]
        rows.append(tuple(cells))
    text = terminal.text(head, rows, right=range(2 if known.classes else 1, len(head)))
    return f"{SYNTHETIC}\n{text}" if known.is_synthetic else text


def table_json(known: Known, found: list[Prediction]) -> str:
    """The same as JSON; a file that could not be used has an `error`, an unusual one `notes`."""
    rows: list[dict[str, Any]] = []
    for item in found:
        row: dict[str, Any] = {"file": item.name, "label": None, "probabilities": None}
        if item.answer is None:
            row["error"] = item.problem.message if item.problem else ""
        else:
            row |= {"label": item.answer.label, "probabilities": rounded(item.answer.probabilities) or None}
            if item.answer.values:
                row["values"] = rounded(item.answer.values)
            row |= {"notes": unusual} if (unusual := notes(known.card, item)) else {}
        rows.append(row)
    return terminal.json_text({**known.about, "predictions": rows})


def notes(card: Card, item: Prediction) -> list[str]:
    """What is unusual about a recording that was answered."""
    return of_recording(card, item.heard) if item.heard is not None and item.answer is not None else []


def rounded(numbers: dict[str, float]) -> dict[str, float]:
    """For JSON."""
    return {name: round(number, 6) for name, number in numbers.items()}
