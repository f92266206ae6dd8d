"""What no result depends on, each with the reason. Whatever is listed here may change without anything being rerun.

tests/dependencies holds these to it: they compute nothing (no numpy, polars, torch), reach no module that counts, and a
study comes to the same bytes, or to an error, whatever constant or return value of theirs is changed.
"""

MODULES = {
    "zoo": "it hands on the version, which lies in zoo.version",
    "zoo.errors": "what a person is told; a result is there or it is not",
    "zoo.files": "how files are written: whole or not at all",
    "zoo.locks": "who waits for whom",
    "zoo.terminal": "how a table looks in a terminal",
    "zoo.execute.progress": "what is shown while trainings run",
    "zoo.dependencies": "what is rerun, not what comes out of it",
    "stages._run": "how a stage ends",
}
LIBRARIES = {
    "rich": "what is shown",
    "filelock": "who waits for whom",
}
