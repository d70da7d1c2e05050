"""Read a report as a reader gets it."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """What a reader gets: tables by caption, texts by tag, and what a browser would load."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.texts, self.loaded, self.tags = {}, {}, [], []
        self.open, self.caption, self.rows = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.loaded += [value for key, value in attrs if key in ("src", "href", "srcset", "action")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        if tag in ("li", "p", "h3", "h4", "td", "th", "caption", "style", "script", "title"):
            self.texts.setdefault(tag, []).append("")
        if tag == "table":
            self.rows = []
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} is not closed in order"
        if tag == "table":
            self.tables[self.texts["caption"][-1]] = self.rows

    def handle_data(self, data):
        for tag in reversed(self.open):
            if tag in self.texts:
                self.texts[tag][-1] += data
                break
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data
