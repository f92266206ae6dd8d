"""What the licence of a checkpoint says of models that recognise emotions: whether they may be published."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

README = "README.md"
# in patterns that the hub's own search understands too, which knows no other way to ignore case
TEXTS = tuple(
    "".join(f"[{one.upper()}{one}]" if one.isalpha() else one for one in name) + "*"
    for name in ("license", "licence", "copying", "use?policy")
)
# where a checkpoint does not state it itself: that of https://github.com/openai/whisper
KNOWN = dict.fromkeys(("openai/whisper-tiny", "openai/whisper-base", "openai/whisper-small"), "mit")
# as the hub names them; what is not among them may allow it too, but zoo does not know
_FOR_COMMERCE = {
    *("mit", "isc", "apache-2.0", "bsd", "bsd-2-clause", "bsd-3-clause", "unlicense", "mpl-2.0"),
    *("cc0-1.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0"),
}
_NOT_FOR_COMMERCE = re.compile(r"\bnc\b|non[-_ ]?commercial")
_NO_DERIVATIVES = re.compile(r"cc-by(-nc)?-nd\b")
CLAUSE = (
    '{}, section 2(a)(1)(B) of version 4.0: "produce and reproduce, but not Share, Adapted Material"; weights '
    "that were trained on the encoder are adapted from it"
)
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_PARAGRAPH = re.compile(r"\n\s*\n")
_EMOTIONS = re.compile(r"\bemotion(?:s|al)?\b")
_ASKED = re.compile(r"\b(?:recogni|detect|infer|classif|predict|identif|analy[sz])\w*")
_FORBIDS = re.compile(r"\b(?:not|never|no|prohibit\w*|forbid\w*|restrict\w*)\b")


def stated(name: str, folder: Path) -> str | None:
    """The licence that a checkpoint states, as the model hub names licences; None if it states none.

    name: of the checkpoint on the hub. folder: where its README.md is, whose front matter states it.
    """
    try:
        found = _FRONT.match((folder / README).read_text(encoding="utf-8"))
        facts = yaml.safe_load(found.group(1)) if found else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        facts = None
    if not isinstance(facts, dict) or not (licence := facts.get("license")):
        return KNOWN.get(name)
    if licence == "other":
        licence = facts.get("license_name", licence)
    return " and ".join(map(str, licence)).lower() if isinstance(licence, list) else str(licence).lower()


def allows_commerce(licence: str | None) -> bool | None:
    """Whether a licence, as `stated`, allows commercial use; None where that is not known.

    >>> allows_commerce("mit"), allows_commerce("mit and cc-by-nc-4.0"), allows_commerce("own-terms")
    (True, False, None)
    """
    if licence is None:
        return None
    if _NOT_FOR_COMMERCE.search(licence.lower()):
        return False
    return True if {*licence.lower().split(" and ")} <= _FOR_COMMERCE else None


def forbidding(licence: str | None, folder: Path) -> str | None:
    """The clause that forbids to publish a model of emotions on a checkpoint; None if none was found.

    licence: as `stated`. The text of a licence in the checkpoint's folder is searched: a paragraph that speaks of
    recognising emotions and forbids something, or is in a list that begins so, is the clause. Nothing is said of
    licences in other words, so whoever publishes has to read them.
    """
    if licence and (found := _NO_DERIVATIVES.search(licence)):
        return CLAUSE.format(found.group().upper())
    for path in _texts(folder):
        begin = ""
        for paragraph in _PARAGRAPH.split(path.read_text(encoding="utf-8", errors="replace")):
            plain = " ".join(paragraph.split())
            if plain.endswith(":"):
                begin = plain  # of a list
            whole = plain if plain == begin or not begin else f"{begin} {plain}"
            if all(one.search(whole.lower()) for one in (_EMOTIONS, _ASKED, _FORBIDS)):
                return f'{path.name}: "{whole}"'
    return None


def _texts(folder: Path) -> Iterator[Path]:
    for pattern in TEXTS:
        yield from sorted(folder.glob(pattern))
