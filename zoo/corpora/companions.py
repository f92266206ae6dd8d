"""Label files beside the audio."""

from pathlib import Path


def without(root: Path, file: str, what: str, lost: int) -> str:
    """Says, behind what was recognised, of how many utterances a label file tells nothing; empty for none."""
    if not lost:
        return ""
    if (root / file).is_file():
        return f", {lost} of them without {what} ({file} lacks them)"
    if (root.parent / file).is_file():
        return (
            f", without {what}: {file} lies outside, in {root.parent}. To have it, remove the corpus and add that "
            "folder, where the recordings' own folder must be called as its authors call it"
        )
    return f", without {what} ({file} is not there)"
