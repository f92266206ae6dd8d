"""The section `exploration`: whose test figures have guided choices before this study."""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field

from zoo.study.section import Count, Section

MARK = "post-exploration: "


class Exploration(Section):
    """Of a corpus: a figure of its test speakers is no longer blind if any choice was made with theirs in view.

    speakers: those whose figures were looked at. alternatives: how many were compared. until: the month in which the
    last of these choices was made. choices: what was chosen.
    """

    speakers: Literal["all"] | Annotated[list[str], Field(min_length=1)]
    alternatives: Count
    until: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    choices: str

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
