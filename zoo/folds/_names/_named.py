"""What a name tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """The columns of the manifest that the name tells.

    performance: the same for two files that hold the same sound, where names tell that; else None.
    """

    utterance_id: str
    speaker_id: str
    take_group: str
    text_id: str | None = None
    performance: str | None = None
