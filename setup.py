"""The wheel carries the shipped catalogue as zoo/models; everything else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithCatalogue(build_py):
    """A build of the package with models/ inside; an editable install finds it in the checkout."""

    def run(self) -> None:
        """Build, then copy the catalogue."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "zoo" / "models"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree("models", target, ignore=shutil.ignore_patterns(".*"))


setup(cmdclass={"build_py": WithCatalogue})
