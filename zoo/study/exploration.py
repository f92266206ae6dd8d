"""The section `exploration`: whose test figures have guided choices before this study."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from zoo.study.section import Count, Section, Text

MARK = "post-exploration: "


def _named(speakers: Any) -> Any:
    """One message, where a union would give one for each of its types."""
    if speakers == "all" or (isinstance(speakers, list) and speakers and all(isinstance(one, str) for one in speakers)):
        return speakers
    raise ValueError("write all, or a list of at least 1 speaker, each in quotes")


class Exploration(Section):
    """Of a corpus: a figure of its test speakers is no longer blind if any choice was made with theirs in view.

    speakers: those whose figures were looked at. alternatives: how many were compared. until: the month in which the
    last of these choices was made. choices: what was chosen.
    """

    speakers: Annotated[Literal["all"] | list[str], BeforeValidator(_named)]
    alternatives: Count
    until: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    choices: Text

    def of(self, speakers: Collection[str]) -> str | None:
        """What a figure of these test speakers, each named once, must state; None if it is blind."""
        seen = speakers if self.speakers == "all" else set(speakers) & set(self.speakers)
        if not seen:
            return None
        share = "all" if len(seen) == len(speakers) else f"{len(seen)} of {len(speakers)}"
        return (
            f"{MARK}{share} of its speakers were seen while {self.alternatives} alternatives were "
            f"compared, until {self.until}"
        )


def explored(exploration: Mapping[str, Exploration], corpus: str, speakers: Collection[str]) -> str | None:
    """What a figure of these test speakers of a corpus must state, by a study's exploration; None if it is blind.

    corpus: of a pool, whose speakers are named as in emodb/03, each of its corpora that were explored says so.
    """
    if corpus in exploration:
        return exploration[corpus].of(speakers)
    told = []
    for member, seen in exploration.items():
        own = [name.removeprefix(f"{member}/") for name in speakers if name.startswith(f"{member}/")]
        if text := seen.of(own):
            told.append(f"{member}: {text.removeprefix(MARK)}")
    return MARK + "; ".join(told) if told else None
