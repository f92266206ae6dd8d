"""What `zoo data add` sees in a table of somebody's own recordings, before anything is copied."""

from collections import Counter, defaultdict

from zoo import labels, terminal
from zoo.files import named
from zoo.labels.emotions import EMOTIONS
from zoo.library.add_own import Looked

SHOWN_SCHEME = "core4"


def looked_at(looked: Looked) -> str:
    """Counts by label with the emotion that each means, speakers, sound, and doubts."""
    lines, facts = looked.table.lines, looked.facts
    counts = Counter(line.label for line in lines)
    speakers: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        speakers[line.label].add(line.speaker)
    rows = [
        (label, facts.emotions.get(label) or "none", str(counts[label]), str(len(speakers[label] - {""}) or "-"))
        for label in facts.native_labels
    ]
    segments = sum(line.start_s is not None or line.end_s is not None for line in lines)
    rates = "/".join(str(rate) for rate in (facts.sampling_rate_hz, *facts.other_rates_hz))
    channels = " or ".join(map(str, facts.channels))
    text = [
        terminal.text(
            ("label", "emotion", "utterances", "speakers"), rows, right=(2, 3), title=named(looked.table.path)
        ),
        f"{len(lines)} utterances{f', {segments} of them segments' if segments else ''} in {len(looked.files)} files, "
        f"{looked.seconds:.0f} s; {rates} Hz, channels: {channels}; language {facts.language}, "
        f"licence {facts.licence}",
        _speakers(looked),
        _emotions(looked),
        *(f"note: {note}" for note in (*looked.table.notes, *looked.doubts)),
    ]
    return "\n".join(filter(None, text))


def _speakers(looked: Looked) -> str:
    every = looked.facts.speakers
    if not every:
        return (
            "speakers: unknown, so figures will be speaker-dependent: people may be in training and test. A column "
            "`speaker` would change that"
        )
    sexes = Counter(one.sex or "of unknown sex" for one in every.values())
    together = sum(one.session is not None for one in every.values())
    heard = f"; {together} of them are heard with others, and stay with these" if together else ""
    return f"speakers: {len(every)} ({', '.join(f'{number} {sex}' for sex, number in sorted(sexes.items()))}){heard}"


def _emotions(looked: Looked) -> str:
    """Which labels no shared scheme knows, and how to say what they mean."""
    without = [label for label, emotion in looked.facts.emotions.items() if emotion is None]
    if not without:
        return ""
    shown = ", ".join(map(named, without[:5])) + (" and others" if len(without) > 5 else "")
    return (
        f"note: only the scheme {labels.NATIVE} has {shown}; --map LABEL=EMOTION puts a label into {SHOWN_SCHEME} and "
        f"the other shared schemes ({', '.join(EMOTIONS)})"
    )
