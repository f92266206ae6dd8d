"""Pages: one file that loads nothing, escapes text, and is written completely or not at all."""

import re

from zoo import pages

SVG = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="10"><text fill="#1d2226">a</text></svg>'


def test_a_page_loads_nothing_and_runs_nothing(tmp_path):
    blocks = [pages.paragraph("text"), pages.table(["a"], [["b"]]), pages.figure(SVG, "caption")]
    pages.write(tmp_path / "page.html", "Title", [pages.Section(name, blocks) for name in ("One", "Two", "Three")])
    text = (tmp_path / "page.html").read_text()
    assert text.startswith("<!doctype html>")
    assert not re.search(r"<script|@import|url\(|https?://|src=", text)
    assert 'href="#two"' in text and 'id="two"' in text
    assert "viewport" in text and "prefers-color-scheme: dark" in text


def test_text_is_escaped_everywhere():
    evil = "<b>&"
    shown = pages.page(
        evil,
        [
            pages.Section(
                evil,
                [
                    pages.paragraph(evil),
                    pages.table([evil], [[evil]], evil),
                    pages.figure(SVG, evil),
                    pages.folded(evil, [pages.subtitle(evil)]),
                ],
            )
        ],
        notice=evil,
        lead=evil,
    )
    assert "<b>" not in shown
    assert shown.count("&lt;b&gt;&amp;") >= 11


def test_words_between_backquotes_are_code_and_a_lonely_one_is_itself():
    assert str(pages.paragraph("run `dvc <x>`")) == "<p>run <code>dvc &lt;x&gt;</code></p>"
    assert str(pages.paragraph("it`s")) == "<p>it`s</p>"


def test_tables_align_numbers_and_show_what_is_absent_as_a_dash():
    shown = str(pages.table(["name", "figure", "word"], [["a", 0.12345, "x"], ["b", None, "3 y"]], emphasise=[1]))
    assert '<td class="number">0.123</td>' in shown and '<td class="number">–</td>' in shown
    assert '<td class="short">x</td>' in shown
    assert shown.count("emphasised") == 1


def test_figures_follow_the_theme():
    shown = str(pages.figure(SVG, "c"))
    assert "currentColor" in shown and "<?xml" not in shown and "DOCTYPE" not in shown


def test_the_notice_is_on_the_page():
    assert 'class="notice" role="note">SYNTHETIC</p>' in pages.page("t", [], notice="SYNTHETIC")
    assert 'class="notice"' not in pages.page("t", [])


def test_an_interval_may_go_to_a_line_of_its_own_and_a_name_breaks_after_its_underscores():
    shown = str(pages.table(["model", "UAR"], [["a_b", "0.712 [0.655, 0.769] †"]]))
    assert '0.712 <span class="interval">[0.655, 0.769] †</span>' in shown
    assert "a_<wbr>b" in shown


def test_a_table_that_is_cut_off_is_seen_to_be():
    text = pages.page("t", [])
    rule = text[text.index(".table {") : text.index("}", text.index(".table {"))]
    assert "overflow-x: auto" in rule and "no-repeat local" in rule and "no-repeat scroll" in rule
    head = re.search(r"--head: ([^;]*);", text)
    assert head and head[1].startswith("rgba")  # cells are painted over the shadow: they must let it through


def test_a_recording_is_inside_the_page():
    assert 'src="data:audio/mpeg;base64,AAE="' in pages.audio(b"\x00\x01", "audio/mpeg", "name")
