"""Texts of strangers: links only to the web, file names made anew, titles on one line."""

import pytest
from jinja2 import UndefinedError

from leaderboard.page.text import environment, method_address, page_title, slug, web_link


@pytest.mark.parametrize("address", ["https://example.org", "http://a.b/c?d=e#f", "HTTPS://EXAMPLE.ORG/x"])
def test_addresses_of_the_web_become_links(address):
    assert web_link(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        " https://example.org",
        "https://example.org/\u202egnp.exe",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "example.org",
        "https://",
        "https:///path",
        "http://[bad",
        "",
    ],
)
def test_nothing_else_does(text):
    assert web_link(text) is None


def test_slugs_are_file_names_and_differ_where_texts_do():
    texts = [
        "mono-mono",
        "Mono-Mono",
        "mono mono",
        "../../etc/passwd",
        "<b>",
        "日本語",
        "",
        "x" * 10_000,
        "x" * 9_999,
        "CON",
    ]
    made = [slug(text) for text in texts]
    assert len(set(made)) == len(texts)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and 0 < len(name) < 70 for name in made)
    assert made[0] == "mono-mono"
    assert slug("x" * 10_000) == made[7]
    assert method_address("mono-mono") == "methods/mono-mono.html"


def test_titles_are_short_and_printable():
    assert page_title("a\n\u202eb\x00c") == "a bc"
    assert len(page_title("x" * 10_000)) == 82


def test_values_are_escaped_and_missing_ones_are_an_error():
    template = environment().from_string("<a title='{{ text }}'>{{ text }}</a>")
    assert template.render(text="<'\">&") == "<a title='&lt;&#39;&#34;&gt;&amp;'>&lt;&#39;&#34;&gt;&amp;</a>"
    with pytest.raises(UndefinedError, match="'text' is undefined"):
        template.render()
