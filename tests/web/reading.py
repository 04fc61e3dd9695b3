"""What a person reads of a page."""

import re
from html import unescape


def main_of(page: str) -> str:
    """What stands between the bar and the footer, as HTML."""
    return page.partition("<main")[2].partition("</main>")[0]


def words_of(html: str) -> str:
    """The words of some HTML, with single spaces between them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
