"""What the first request would otherwise wait for, done before the web server takes any."""

from pathlib import Path

from django.template import engines
from django.template.loader import get_template
from django.urls import get_resolver


def warm_up() -> None:
    """Import the views and compile the templates."""
    assert get_resolver().url_patterns
    for folder in engines["django"].dirs:
        for file in Path(folder).rglob("*.html"):
            get_template(str(file.relative_to(folder)))
