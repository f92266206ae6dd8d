"""What the licence of a checkpoint says of models that recognise emotions: whether they may be published."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

README, TEXTS = "README.md", ("LICENSE*", "LICENCE*")
# where a checkpoint does not state it itself: that of https://github.com/openai/whisper
KNOWN = dict.fromkeys(("openai/whisper-tiny", "openai/whisper-base", "openai/whisper-small"), "mit")
_NO_DERIVATIVES = (
    'CC BY-ND 4.0, section 2(a)(1)(B): "produce and reproduce, but not Share, Adapted Material"; weights that were '
    "trained on the encoder are adapted from it"
)
CLAUSES = {"cc-by-nd-4.0": _NO_DERIVATIVES, "cc-by-nc-nd-4.0": _NO_DERIVATIVES.replace("BY-ND", "BY-NC-ND")}
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_SENTENCE = re.compile(r"[^.;\n]*(?:\n(?!\s*\n)[^.;\n]*)*[.;]?")
_EMOTIONS = re.compile(
    r"emotion\w*\s+(?:recognition|detection|inference|analysis)|(?:infer|recogni[sz]e|detect)\w*\b[^.;]{0,60}emotion"
)
_FORBIDS = re.compile(r"\b(?:not|no|never|prohibit\w*|forbid\w*|forbidden|restrict\w*|agree)\b")


def stated(name: str, folder: Path) -> str | None:
    """The licence that a checkpoint states, as the model hub names licences; None if it states none.

    name: of the checkpoint on the hub. folder: where its README.md is, whose front matter states it.
    """
    try:
        found = _FRONT.match((folder / README).read_text(encoding="utf-8"))
        facts = yaml.safe_load(found.group(1)) if found else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        facts = None
    licence = facts.get("license") if isinstance(facts, dict) else None
    if licence == "other":
        licence = facts.get("license_name", licence) if isinstance(facts, dict) else licence
    return str(licence).lower() if licence else KNOWN.get(name)


def forbidding(licence: str | None, folder: Path) -> str | None:
    """The clause that forbids to publish a model of emotions on a checkpoint; None if there is none.

    licence: as `stated`. The text of a licence in the checkpoint's folder is searched for sentences about emotions.
    """
    if licence in CLAUSES:
        return CLAUSES[licence]
    for path in _texts(folder):
        text = path.read_text(encoding="utf-8", errors="replace")
        for sentence in _SENTENCE.findall(text):
            plain = " ".join(sentence.split())
            if _EMOTIONS.search(plain.lower()) and _FORBIDS.search(plain.lower()):
                return f'{path.name}: "{plain}"'
    return None


def _texts(folder: Path) -> Iterator[Path]:
    for pattern in TEXTS:
        yield from sorted(folder.glob(pattern))
