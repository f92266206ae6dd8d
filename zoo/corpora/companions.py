"""Label files beside the audio."""

from pathlib import Path


def lacking_note(root: Path, file: str, what: str, num_lacking: int) -> str:
    """A note on the utterances that a label file lacks, to append to what was recognised; empty for none."""
    if not num_lacking:
        return ""
    if (root / file).is_file():
        return f", {num_lacking} of them without {what} ({file} lacks them)"
    if (root.parent / file).is_file():
        return (
            f", without {what}: {file} is outside, in {root.parent}. To include it, remove the corpus and add that "
            "folder, in which the folder of the recordings must have its published name"
        )
    return f", without {what} ({file} is missing)"
