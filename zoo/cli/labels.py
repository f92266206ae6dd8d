"""`zoo labels`: how a label scheme maps every corpus."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.terminal import json_text, say

if TYPE_CHECKING:
    from zoo.study.study import Study

_LEFT_OUT = "(left out)"


def labels(
    scheme: Annotated[
        str,
        typer.Argument(help="native, core4, ekman6, ekman7, valence3 or arousal2, with choices: core4+calm_as_neutral"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how a scheme maps each corpus: classes, numbers of utterances, and what is left out and why."""

    from zoo import corpora
    from zoo.project import find
    from zoo.study.params import PARAMS, load

    folder = find()
    study = load(folder / PARAMS) if folder else None
    found = [_corpus(name, scheme, study) for name in corpora.names()]
    if as_json:
        say(json_text(found))
    else:
        say("\n\n".join(filter(None, [*(_text(entry) for entry in found), _alternatives(scheme)])))


def _corpus(name: str, scheme: str, study: "Study | None") -> dict[str, Any]:
    from zoo import labels as schemes
    from zoo.corpora import get

    corpus = get(name)
    counts, source, label_source, synthetic = dict(corpus.native_labels), "official counts", None, False
    path = study.derived / "manifest" / f"{name}.parquet" if study else None
    if path is not None and path.exists():
        from zoo.tables.manifest import MANIFEST

        manifest = MANIFEST.read(path)
        counts, source = dict(sorted(Counter(manifest["native_label"]).items())), path.as_posix()
        label_source = " and ".join(sorted(set(manifest["label_source"])))
        synthetic = bool((manifest["origin"] == "synthetic").any())
    table = schemes.table(scheme, name, counts)
    words = [
        {
            "native_label": word,
            "class": row.class_name,
            "num_utterances": counts[word],
            "reason": row.reason or None,
            "choice": row.choice or None,
        }
        for word, row in table.items()
    ]
    classes: Counter[str] = Counter()
    for word, row in table.items():
        if row.class_name is not None:
            classes[row.class_name] += counts[word]
    total = sum(counts.values())
    return {
        "corpus": name,
        "title": corpus.title,
        "scheme": scheme,
        "counted_in": source,
        "label_source": label_source,
        "synthetic": synthetic,
        "num_utterances": total,
        "num_mapped": classes.total(),
        "num_left_out": total - classes.total(),
        "classes": dict(sorted(classes.items())),
        "native_labels": words,
    }


def _text(entry: dict[str, Any]) -> str:
    """A heading and one line per label, grouped by class, then those left out."""
    from zoo import terminal

    label_source = f"labels: {entry['label_source']}" if entry["label_source"] else ""
    where = ", ".join(filter(None, ["SYNTHETIC" if entry["synthetic"] else "", entry["counted_in"], label_source]))
    rows = []
    for name, number in [*entry["classes"].items(), (None, entry["num_left_out"])]:
        head = (_LEFT_OUT if name is None else name, str(number))
        for word in (word for word in entry["native_labels"] if word["class"] == name):
            reason = [word["reason"] or "", f"({word['choice']})" if word["choice"] else ""]
            rows.append((*head, word["native_label"], str(word["num_utterances"]), " ".join(filter(None, reason))))
            head = ("", "")
    return (
        f"{entry['corpus']}: {entry['num_mapped']} of {entry['num_utterances']} utterances in "
        f"{len(entry['classes'])} classes, {entry['num_left_out']} left out ({where})\n"
        + terminal.text(("class", "utterances", "native label", "of which", "reason"), rows, right=(1, 3))
    )


def _alternatives(scheme: str) -> str:
    """The alternatives that a scheme offers, one line per label."""
    from zoo import terminal
    from zoo.labels import alternatives

    rows = [
        (row.choice, corpus, f"{row.native_label} -> {row.class_name or _LEFT_OUT}", row.reason)
        for corpus, row in sorted(alternatives(scheme), key=lambda found: (found[1].choice, found[0]))
    ]
    if not rows:
        return ""
    return f"Alternatives where practice differs: {scheme}+NAME\n" + terminal.text(
        ("name", "corpus", "mapping", "reason"), rows
    )
