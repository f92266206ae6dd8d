"""The card for people: README.md with the metadata block of model hubs."""

from typing import Any

import yaml

from zoo.encoders.licences import allows_commerce
from zoo.releases import SYNTHETIC
from zoo.releases.card import ByMethod, Card, Compared, Data, Score, UnderGain
from zoo.releases.terms import bases_of, data_on
from zoo.runtime.release import Base, Network, Release
from zoo.study.cross import LEAVE_ONE_CORPUS_OUT
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT, dependent
from zoo.tables.gain import EVEN, INDEPENDENT, SIGMA_DB
from zoo.tables.gain_figures import CHANGED
from zoo.tables.methods import LOSS

# SPDX identifiers that model hubs know; any other licence is `other` with its name in license_name
_HUB_LICENCES = ("cc-by-4.0", "cc0-1.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0", "odbl")


def figure(score: Score) -> str:
    """A score with its interval, such as `0.712 [0.650, 0.774]`."""
    if score.value is None:
        return "none"
    seen = dependent(score.protocol) + (" post-exploration" if score.exploration else "")
    if score.low is None or score.high is None:
        return f"{score.value:.3f}{seen} (no interval: {score.interval.removeprefix('none: ')})"
    return f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]{seen}"


def readme(card: Card) -> str:
    """README.md: the metadata block, then the card as text."""
    block = yaml.safe_dump(_metadata(card), sort_keys=False, allow_unicode=True)
    return f"---\n{block}---\n\n{card_in_words(card)}"


def _metadata(card: Card) -> dict[str, Any]:
    data = data_on(card)
    licence = data.licence.lower()
    known = licence if licence in _HUB_LICENCES else "other"
    metadata: dict[str, Any] = {"license": known}
    if known == "other":
        metadata["license_name"] = data.licence
    languages = [one.split("-")[0] for one in card.data.language.split(", ")]
    metadata |= {
        "language": languages[0] if len(languages) == 1 else languages,
        "library_name": "zoo",
        "pipeline_tag": "audio-classification",
        "tags": ["audio", *_tags(card)],
    }
    results = [_result(card, score) for score in [*card.scores.within, *card.scores.cross] if score.value is not None]
    if results:
        metadata["model-index"] = [{"name": card.name, "results": results}]
    return metadata


def _result(card: Card, score: Score) -> dict[str, Any]:
    interval = "" if score.low is None or score.high is None else f" [{score.low:.3f}, {score.high:.3f}]"
    interval += dependent(score.protocol) + (" post-exploration" if score.exploration else "")
    synthetic = " (SYNTHETIC)" if "synthetic" in (score.target_origin, card.origin) else ""
    kind = {"uar": "recall", "macro_f1": "f1", "weighted_f1": "f1", "accuracy": "accuracy"}.get(
        score.metric, score.metric
    )
    title = {"uar": "UAR", "macro_f1": "macro F1", "weighted_f1": "weighted F1"}.get(score.metric, score.metric)
    metric: dict[str, Any] = {"type": kind, "value": round(score.value or 0.0, 4), "name": title + interval + synthetic}
    if score.metric in ("uar", "macro_f1"):
        metric["args"] = {"average": "macro"}
    return {
        "task": {"type": "audio-classification", "name": "speech emotion recognition"},
        "dataset": {
            "type": score.target,
            "name": f"{score.target}{synthetic}, {score.scheme}, {score.protocol}",
        },
        "metrics": [metric],
    }


def card_in_words(card: Card) -> str:
    """The card for people, as Markdown."""
    commit = f", commit {card.code.commit}" if card.code.commit else ""
    lines = [f"# {card.name}{f' {card.version}' if card.version else ' (candidate, not published)'}", ""]
    if card.origin == "synthetic":
        lines += [f"**{SYNTHETIC}.**", ""]
    if card.forced:
        lines += ["**Published with `--force`**, although:", "", *(f"- {one}" for one in card.forced), ""]
    release, data = card.release, data_on(card)
    lines += [
        f"Speech emotion recognition: {_networks(release)} trained on {card.data.title} (`{release.corpus}`).",
        "",
        "## Predictions",
        f"- task: `{release.task.task_type}`",
        f"- classes ({release.scheme}): {', '.join(release.classes) or 'none'}",
        f"- source of the labels: {', '.join(card.labels.source)}",
    ]
    if dropped := [native for native, name in card.labels.words.items() if name is None]:
        lines.append(f"- labels of the corpus that are left out: {', '.join(dropped)}")
    lines += ["", "## Use", f"`zoo predict FILE --model {card.name}{f':{card.version}' if card.version else ''}`"]
    if card.views > 1:
        lines += [
            "",
            f"Every answer is the mean of those about {card.views} views of a recording: itself and augmented copies, "
            f"which zoo makes from its samples, the same every time. It costs {card.views} times as much as one.",
        ]
    lines += ["", "## Scores", card.scores.note, "", *_standing(card), *_table(card.scores.within), ""]
    if card.scores.gain:
        lines += [*_under_gain(card.scores.gain), ""]
    if card.scores.differences:
        lines += ["This model minus the study's others, on the same test speakers (p for all pairs, Holm):", ""]
        lines += [*_differences(card.scores.differences), ""]
    left_out = [score for score in card.scores.cross if score.protocol == LEAVE_ONE_CORPUS_OUT]
    if left_out:
        lines += ["Each corpus, by models trained in the same way on the others:", "", *_table(left_out), ""]
    if others := [score for score in card.scores.cross if score not in left_out]:
        lines += ["The released weights on other corpora, of which they saw nothing before:", "", *_table(others), ""]
    if card.scores.methods:
        lines += [*_by_methods(card.scores.methods), ""]
    lines += [
        "Intervals account for new speakers with these trained models, not for retraining: the variance of the "
        "training set is not in them.",
        "",
        "## Training",
        f"- input: any sampling rate, mixed down and resampled to {card.sampling_rate_hz} Hz; {_heard(release)}",
        *_encoder(release),
        *_int8(release),
        *_distilled(release),
        *_started(release),
        *_trained(release),
        f"- hyperparameter search: {_pairs(release.tuned.model_dump())}",
        f"- folds: {release.protocol}; transduction: {card.transduction}",
        f"- trained on {card.training.num_utterances} utterances of {_speakers(card)}",
        f"- study `{card.study}`, zoo {card.code.version}{commit}",
    ]
    if card.architectures:
        files = ", ".join(f"zoo/architectures/{name}.py (sha256 {of})" for name, of in card.architectures.items())
        lines.append(f"- source of the architecture, which a zoo that runs it needs: {files}")
    if card.upgraded:
        by = card.upgraded.code
        lines.append(f"- the weights of {card.upgraded.version}, upgraded by zoo {by.version} without retraining")
    if card.cost:
        lines.append(f"- cost: {_pairs(card.cost)}")
    lines += [
        f"- identity {card.identity}",
        "",
        "## Data and licence",
        f"- {card.data.citation}",
        f"- licence of {_bound_by(release)}: {data.licence}",
        *_licence_of_input(release),
        f"- terms: {data.terms}",
        f"- commercial use: {_commercial_use(release, data)}",
        *(f"- **not as published**: {difference}" for difference in card.data.not_as_published or ()),
        "",
        "## Limits",
        "Emotion as acted or labelled in one corpus, by few speakers of one language. "
        "Not suitable for decisions about people.",
        "",
    ]
    return "\n".join(lines)


def _speakers(card: Card) -> str:
    names = card.training.speakers
    return f"{len(names)} speakers: {', '.join(names)}" if names else "unknown speakers"


def _tags(card: Card) -> list[str]:
    return ["speech-emotion-recognition", *_architectures(card.release), card.release.corpus, card.origin]


def _architectures(release: Release) -> list[str]:
    return list(dict.fromkeys(network.architecture for network in release.networks))


def _networks(release: Release) -> str:
    named = " and ".join(f"`{name}`" for name in _architectures(release))
    if len(release.networks) == 1:
        return f"the architecture {named}"
    number = len(release.networks)
    return f"the mean of the answers of {number} networks ({named}; {number} times the cost of one)"


def _heard(release: Release) -> str:
    steps = "".join(f" after {name} ({_pairs(options) or 'defaults'})" for name, options in release.input.steps)
    options = f" ({_pairs(release.input.options)})" if release.input.options else ""
    spec = release.input.spec
    changed = ", ".join(f"{name} ({_pairs(of)})" if of else name for name, of in spec.changes or ())
    by = f" ({changed})" if changed else ""
    copies = f"; trained on {spec.copies} augmented copies{by} of each utterance too" if spec.copies else ""
    return f"input `{release.input.input_type}`{options}{steps}, {release.input.num_dims} dimensions{copies}"


def _encoder(release: Release) -> list[str]:
    """What a release needs and does not hold."""
    base = release.base
    if base is None:
        return []
    revision = f" at revision {base.revision}" if base.revision else ""
    facts = f"{base.name}{revision}, {base.size}, {_identified(base)}"
    return [f"- pretrained encoder, not part of this release: {facts}"]


def _identified(base: Base) -> str:
    licence = f"licence {base.licence}" if base.licence else "no licence stated"
    return f"{licence}, sha256 {base.sha256}"


def _int8(release: Release) -> list[str]:
    """For an encoder whose numbers are not those that others know of it."""
    if not release.input.int8:
        return []
    return [
        "- the encoder computes in int8, always on a processor: faster than float32, but not the same numbers, and on "
        "another kind of processor answers differ a little"
    ]


def _distilled(release: Release) -> list[str]:
    """Who else has a part in what the network knows."""
    teacher = release.teacher
    if teacher is None:
        return []
    encoder = f" on {teacher.base.name}, {_identified(teacher.base)}" if teacher.base else ""
    return [
        f"- distilled: learned {teacher.share:.0%} from the answers of `{teacher.model}` ({teacher.architecture}"
        f"{encoder}), fitted to the same speakers; it is not needed to use the model"
    ]


def _started(release: Release) -> list[str]:
    """Whose weights were the first ones."""
    start = release.start
    if start is None:
        return []
    by = ", ".join(f"{base.name}, {_identified(base)}" for base in start.bases)
    known = f"trained on {', '.join(start.corpora)}{f'; its teacher heard the encoder {by}' if by else ''}"
    if start.version is None:
        return [f"- started from `{start.name}`, a model of the same study, after {start.epochs} epochs; {known}"]
    return [f"- started from the release `{start.name}:{start.version}`, identity {start.identity}, {known}"]


def _bound_by(release: Release) -> str:
    """Whose licence is stated as that of the data: one that allows all that theirs does is stated with the encoder."""
    bound = [base for base in bases_of(release) if not allows_commerce(base.licence)]
    return "the data and encoders" if bound else "the data"


def _commercial_use(release: Release, data: Data) -> str:
    if data.commercial_use is None:
        return "unknown: zoo does not know what the licence of an encoder allows"
    if not data.commercial_use:
        return "not allowed"
    return "allowed by the licences of the data and encoders" if bases_of(release) else "allowed by the data licence"


def _licence_of_input(release: Release) -> list[str]:
    """For inputs that not everybody may compute."""
    licence = release.input.facts.get("licence")
    return [f"- licence of the input: {licence}"] if licence else []


def _trained(release: Release) -> list[str]:
    """How each network was trained."""
    lines = []
    for number, network in enumerate(release.networks, 1):
        which = f"network {number}: " if len(release.networks) > 1 else ""
        lines += [
            f"- {which}{network.num_parameters} parameters, {network.epochs} epochs, seed {network.seed}, trained in "
            f"{release.precision}, stored as {release.weights_precision}",
            f"- {which}hyperparameters: {_pairs(network.hyperparameters)}",
            f"- {which}{_steps(network)}",
        ]
    options = _pairs(release.task.options)
    return [*lines, f"- task: {options or 'defaults'}", f"- training: {_pairs(release.train)}"]


def _steps(network: Network) -> str:
    if network.learning_rate is None:
        return "the head was fitted at once"
    return (
        f"learning rate {_value(network.learning_rate)}, weight decay {_value(network.weight_decay)}, augmentation "
        f"{_value(network.augmentation)}, epochs of the folds {_value(network.fold_epochs)}"
    )


def _standing(card: Card) -> list[str]:
    """Whether it was named the best, and what choices have seen of the speakers that it was tested on."""
    lines = []
    if card.scores.best is not None:
        named = "It has" if card.scores.best else "Another model has"
        lines += [
            f"{named} the best nested dev score of the study's models with the same dev measure, "
            "computed before any test figure.",
            "",
        ]
    if card.release.protocol in SPEAKER_DEPENDENT:
        lines += [
            f"**{MARK.capitalize()}: nobody knows who speaks in {card.data.title}, so whoever is tested within it may "
            "have been in training. Its figures say nothing about new speakers.**",
            "",
        ]
    for target, score in {one.target: one for one in [*card.scores.within, *card.scores.cross]}.items():
        if score.exploration:
            lines += [f"Figures on {target} are {score.exploration}.", ""]
    return lines


def _table(scores: list[Score]) -> list[str]:
    if not scores:
        return ["There are no scores."]
    rows = [
        f"| {score.metric} | {score.target}{' SYNTHETIC' if score.target_origin == 'synthetic' else ''} "
        f"| {score.scheme} ({score.mode}) | {score.protocol} | {figure(score)} "
        f"| {score.num_utterances} | {score.num_speakers} |"
        for score in scores
    ]
    head = "| metric | test | scheme | folds | value [interval] | utterances | speakers |"
    return [head, "| --- " * 7 + "|", *rows]


def _by_methods(found: list[ByMethod]) -> list[str]:
    """A table of the methods on every target, and the stresses under which they are worse than nothing."""
    rows = []
    for one in found:
        interval = f" [{one.low:.3f}, {one.high:.3f}]" if one.low is not None and one.high is not None else ""
        value = "none" if one.value is None else f"{one.value:.3f}{interval}"
        seen = " post-exploration" if one.exploration else ""
        target = f"{one.target}{' SYNTHETIC' if one.target_origin == 'synthetic' else ''}"
        name = f"{one.method} (control)" if one.control else one.method
        lost = ", ".join(f"{condition} {loss:.2f}" for condition, loss in one.losses.items()) or "–"
        rows.append(f"| {target} | {one.rung} | {name} | {one.sights} | {value}{seen} | {lost} |")
    return [
        "UAR on other corpora by methods against the difference between corpora. Methods with different sights are not "
        f"to be ranked with each other. Whoever loses more than {LOSS:g} to the model's own answers under a stress "
        "(skewed classes, a class absent, one emotion a speaker, few utterances) is worse than doing nothing there:",
        "",
        "| test | rung | method | what it saw of the test corpus | UAR [interval] | loses under stress |",
        "| --- " * 6 + "|",
        *rows,
    ]


def _under_gain(gain: list[UnderGain]) -> list[str]:
    """Of each task its headline under drawn gains, and the answers that another gain changes."""
    lines = []
    for task in dict.fromkeys(one.task for one in gain):
        own = {(one.condition, one.metric == CHANGED): one for one in gain if one.task == task}
        if (drawn := own.get((INDEPENDENT, False))) is not None:
            interval = (
                f" [{drawn.low:.3f}, {drawn.high:.3f}]" if drawn.low is not None and drawn.high is not None else ""
            )
            lines.append(
                f"Under a gain drawn for each utterance (standard deviation {SIGMA_DB:g} dB), {drawn.metric} ({task}) "
                f"is {drawn.value:.3f}{interval}{_mark(drawn)}."
            )
        if changed := {name: own[name, True] for name in EVEN if (name, True) in own}:
            shares = ", ".join(f"{100 * one.value:.1f} % at {EVEN[name]:+g} dB" for name, one in changed.items())
            mark = _mark(next(iter(changed.values())))
            lines.append(f"Of its answers ({task}), another gain for all utterances changes {shares}{mark}.")
    return lines


def _mark(one: UnderGain) -> str:
    return " post-exploration" if one.exploration else ""


def _differences(compared: list[Compared]) -> list[str]:
    rows = []
    for one in compared:
        interval = f" [{one.low:+.3f}, {one.high:+.3f}]" if one.low is not None and one.high is not None else ""
        seen = " post-exploration" if one.exploration else ""
        p = "–" if one.p is None else "< 0.001" if one.p < 0.001 else f"{one.p:.3f}"
        rows.append(f"| {one.other} | {one.metric} | {one.value:+.3f}{interval}{seen} | {p} |")
    return ["| other model | metric | difference [interval] | p |", "| --- | --- | --- | --- |", *rows]


def _pairs(values: dict[str, Any], of: str = "") -> str:
    """Names and values in words; card.json has them to the last digit."""
    found = []
    for key, value in sorted(values.items(), key=lambda item: isinstance(item[1], dict)):  # nested ones come last
        name = f"{of} {key}".strip().replace("_", " ")
        found.append(_pairs(value, name) if isinstance(value, dict) and value else f"{name} {_value(value)}")
    return ", ".join(found)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        listed = ", ".join(_value(one) for one in value)
        return listed if len(value) == 1 else f"({listed})"
    if value is None or value == {}:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
