"""zoo: a model zoo for speech emotion recognition.

`zoo.load(name)` is a model that answers, `zoo.list(pattern)` the names there are; see docs/use-a-model.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.errors import ZooError
    from zoo.releases.api import list_ as list
    from zoo.releases.api import load
    from zoo.releases.load import Model
    from zoo.runtime.answer import Answer
    from zoo.version import __version__

# where each name is; found when it is asked for, so that `import zoo` takes no time and no stage depends on all of it
_NAMES = {
    "Answer": ("zoo.runtime.answer", "Answer"),
    "Model": ("zoo.releases.load", "Model"),
    "ZooError": ("zoo.errors", "ZooError"),
    "__version__": ("zoo.version", "__version__"),
    "list": ("zoo.releases.api", "list_"),
    "load": ("zoo.releases.api", "load"),
}
__all__ = ["Answer", "Model", "ZooError", "__version__", "list", "load"]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'zoo' has no attribute '{name}'")
    module, attribute = _NAMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> "list[str]":  # type: ignore[valid-type]
    return sorted({*globals(), *_NAMES})
