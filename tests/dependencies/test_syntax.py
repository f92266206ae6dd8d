"""What counts as a change of code, and what it imports."""

import ast
import textwrap

import pytest

from zoo.dependencies import syntax

CODE = '''
"""A file."""

import numpy as np


def half(x: float, share: float = 0.5) -> float:
    """Half of it."""
    names = [f"{x} of", "one"]
    return np.float64(x) * share if names else 0.0
'''
NOTHING = {
    "a comment": ("    names", "    # what it is called\n    names"),
    "the docstring of the file": ("A file.", "Another text."),
    "a docstring": ("Half of it.", "The half."),
    "layout": ("x: float, share", "x: float,\n    share"),
    "blank lines": ("\n\n\ndef", "\n\n\n\n\ndef"),
    "brackets": ("np.float64(x) * share", "(np.float64(x) * share)"),
}
SOMETHING = {
    "a constant": ("0.5", "0.6"),
    "an operator": ("* share", "+ share"),
    "a name": ("np.float64", "np.float32"),
    "a text": ('"one"', '"two"'),
    "a part of a formatted text": ("} of", "} from"),
    "a result": ("else 0.0", "else 1.0"),
    "an import": ("import numpy as np", "import scipy as np"),
    "an int for a float": ("0.0", "0"),
}


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file of code."""
    number = iter(range(99))

    def as_file(text):
        path = tmp_path / f"code{next(number)}.py"
        path.write_text(textwrap.dedent(text))
        return syntax.read(path)

    return as_file


@pytest.mark.parametrize("what", NOTHING)
def test_what_changes_nothing_keeps_the_digest(read, what):
    before, after = NOTHING[what]
    assert before in CODE
    assert read(CODE.replace(before, after)).digest == read(CODE).digest


@pytest.mark.parametrize("what", SOMETHING)
def test_what_can_change_a_result_changes_the_digest(read, what):
    before, after = SOMETHING[what]
    assert before in CODE
    assert read(CODE.replace(before, after)).digest != read(CODE).digest


def test_a_text_that_is_no_docstring_counts(read):
    assert read('def f():\n    x = 1\n    "a"\n').digest != read('def f():\n    x = 1\n    "b"\n').digest


def test_imports_inside_functions_count_and_those_for_type_checkers_do_not(read):
    found = read(
        """
        import os
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from zoo.study.study import Study
        else:
            import json

        class A:
            def f(self):
                from zoo.files import sha256_of as of
                if os:
                    import numpy.linalg
        """
    )
    assert found.imports == {
        ("os", ""),
        ("typing", "TYPE_CHECKING"),
        ("json", ""),
        ("zoo.files", "sha256_of"),
        ("numpy.linalg", ""),
    }


def test_fields_that_only_newer_pythons_have_change_nothing_while_they_are_empty():
    tree = ast.parse("def f(): return 1")
    before = list(syntax._lines(tree))
    tree.body[0].type_params = []
    tree.body[0]._fields = (*tree.body[0]._fields, "type_params")
    assert list(syntax._lines(tree)) == before


def test_a_relative_import_is_rejected(read):
    with pytest.raises(ValueError, match="line 3: a relative import"):
        read("""
        import os
        from . import masks
        """)


def test_only_what_is_for_type_checkers_is_left_out(read):
    found = read(
        """
        from typing import TYPE_CHECKING
        if not TYPE_CHECKING:
            import json
        """
    )
    assert ("json", "") in found.imports
