"""The suffixes of files with speech in them: those that are read, and those that tables of recordings name besides."""

import re

READ = frozenset(
    f".{name}"
    for name in (
        *("aif", "aifc", "aiff", "au", "caf", "flac", "nist", "rf64", "snd", "sph", "w64", "wav", "wave"),
        *("3gp", "aac", "amr", "m4a", "mka", "mkv", "mov", "mp3", "mp4", "mpga", "oga", "ogg", "opus", "webm", "wma"),
    )
)
NAMED = READ | {".avi", ".flv"}  # films, as which some corpora are published
AUDIO = re.compile(f"({'|'.join(map(re.escape, sorted(NAMED)))})$", re.IGNORECASE)
