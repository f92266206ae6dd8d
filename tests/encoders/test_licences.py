"""Licences of checkpoints: as they state them, and what they forbid."""

from fnmatch import fnmatchcase

import pytest

from zoo.encoders import checkpoint
from zoo.encoders.licences import allows_commerce, forbidding, stated


@pytest.fixture
def folder(tmp_path):
    """folder(**texts): with files of these texts; README, LICENSE."""

    def make(**texts):
        for name, text in texts.items():
            (tmp_path / (f"{name}.md" if name == "README" else name)).write_text(text, encoding="utf-8")
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("name", "readme", "licence"),
    [
        ("someone/encoder", "---\nlanguage: en\nlicense: CC-BY-NC-4.0\n---\n# An encoder\n", "cc-by-nc-4.0"),
        ("someone/encoder", "---\nlicense: [cc-by-nc-nd-4.0, mit]\n---\n", "cc-by-nc-nd-4.0 and mit"),
        ("someone/encoder", "---\nlicense: other\nlicense_name: own-terms\n---\n", "own-terms"),
        ("someone/encoder", "---\nlanguage: en\n---\nlicense: mit\n", None),
        ("someone/encoder", "---\n: [\n---\n", None),
        ("someone/encoder", "---\n- a\n---\n", None),
        ("openai/whisper-base", "no front matter", "mit"),
        ("openai/whisper-base", "---\nlicense: apache-2.0\n---\n", "apache-2.0"),
    ],
)
def test_a_licence_is_what_the_checkpoint_states(folder, name, readme, licence):
    assert stated(name, folder(README=readme)) == licence


def test_without_a_readme_no_licence_is_made_up(tmp_path):
    assert stated("someone/encoder", tmp_path) is None and stated("openai/whisper-base", tmp_path) == "mit"


@pytest.mark.parametrize("licence", ["cc-by-nd-4.0", "cc-by-nc-nd-4.0", "cc-by-nd-3.0", "mit and cc-by-nd-4.0"])
def test_where_nothing_may_be_derived_the_clause_is_named(tmp_path, licence):
    assert "Share, Adapted Material" in forbidding(licence, tmp_path)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "Copy it. You agree not to use it for emotion\nrecognition; nor to sell it.",
            "emotion recognition",
        ),
        (
            "It is prohibited to infer, from speech, the emotions of anybody.",
            "infer, from speech, the emotions",
        ),
        ("You agree not to use the Model:\n\n(a) to harm;\n\n(b) for emotion recognition;", "(b) for emotion recogn"),
        ("You agree not to use it: (a) to harm; (b) for emotion recognition;", "(b) for emotion recogn"),
        ("You shall not use it for recognizing emotions.", "recognizing emotions"),
        ("It may not be used to classify emotions.", "classify emotions"),
        ("Not for e.g. emotion recognition.", "e.g. emotion recognition"),
        ("The Model performs emotion recognition.\n\nYou may not remove this notice.", None),
        ("Permission is hereby granted, free of charge, to any person.", None),
    ],
)
def test_a_sentence_that_forbids_to_recognise_emotions_is_the_clause(folder, text, clause):
    found = forbidding("other", folder(LICENSE=text))
    assert (found is None) if clause is None else (clause in found and found.startswith("LICENSE: "))


@pytest.mark.parametrize("name", ["LICENSE", "license.txt", "Licence.md", "COPYING", "USE_POLICY.md", "use-policy.txt"])
def test_a_licence_is_found_by_any_usual_name_of_its_file_and_brought_from_the_hub(folder, name):
    found = forbidding("other", folder(**{name: "You may not use it for emotion recognition."}))
    assert found is not None and found.startswith(f"{name}: ")
    assert any(fnmatchcase(name, pattern) for pattern in checkpoint.FILES)


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        *[("mit", True), ("apache-2.0", True), ("CC-BY-4.0", True), ("mit and apache-2.0", True)],
        *[("cc-by-nc-4.0", False), ("cc-by-nc-sa-4.0 and mit", False), ("own-non-commercial", False)],
        *[(None, None), ("other", None), ("mit and own-terms", None), ("nccl", None)],
    ],
)
def test_commercial_use_is_allowed_only_by_licences_that_are_known_to_allow_it(licence, allowed):
    assert allows_commerce(licence) is allowed
