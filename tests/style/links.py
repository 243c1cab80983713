# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
"""Finds dead links: links.py ROOT [--html FOLDER].

Without --html, every link of README.md, CONTRIBUTING.md, ... and docs/ to a file or a heading; with it, every link of
a rendered site to a file of the site. Links to other sites are not followed.
"""

import argparse
import html.parser
import pathlib
import re
import sys
import urllib.parse


def heading_anchor(title):
    """As the sites that show Markdown make it."""
    title = re.sub(r"`([^`]*)`|\[([^\]]*)\]\([^)]*\)", lambda m: m.group(1) or m.group(2) or "", title)
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def without_code(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = [heading_anchor(m.group(1)) for m in re.finditer(r"^#{1,6} +(.+?)(?: *\{#[^}]*\})?$", text, flags=re.M)]
    return set(found) | set(re.findall(r"\{#([\w-]+)\}", text))


def dead_in_markdown(root):
    pages = sorted(root.glob("*.md")) + sorted(root.glob("docs/**/*.md"))
    count, dead = 0, []
    for page in pages:
        text = without_code(page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            path, _, anchor = target.partition("#")
            file = (page.parent / urllib.parse.unquote(path)).resolve() if path else page
            if not file.exists():
                dead.append(f"{page.relative_to(root)}: {target}: no such file")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                dead.append(f"{page.relative_to(root)}: {target}: no such heading")
    return count, dead


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.targets, self.names = [], set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.names.add(value)
            if value and ((tag == "a" and name == "href") or (tag in ("img", "script") and name == "src")):
                self.targets.append(value)


def dead_in_site(folder):
    pages = {}
    for page in sorted(folder.glob("**/*.html")):
        pages[page] = Links()
        pages[page].feed(page.read_text(encoding="utf-8", errors="replace"))
    if not pages:
        sys.exit(f"no pages in {folder}")
    count, dead = 0, []
    for page, links in pages.items():
        for target in links.targets:
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            path, _, anchor = target.partition("#")
            file = (page.parent / urllib.parse.unquote(path)).resolve() if path else page
            if not file.exists():
                dead.append(f"{page.relative_to(folder)}: {target}: no such file")
            elif anchor == "nested-classes":  # Doxygen's own: the summary of classes that are all hidden
                pass
            elif anchor and file in pages and urllib.parse.unquote(anchor) not in pages[file].names:
                dead.append(f"{page.relative_to(folder)}: {target}: no such place")
    return count, dead


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--html", type=pathlib.Path)
    given = parser.parse_args()
    count, dead = dead_in_site(given.html.resolve()) if given.html else dead_in_markdown(given.root.resolve())
    if count == 0:
        sys.exit("no links found: the pattern has changed")
    if dead:
        sys.exit("dead links:\n  " + "\n  ".join(sorted(set(dead))))
    print(f"{count} links")


main()
