"""Instructions as people read them."""

from django import template
from django.utils.safestring import SafeString

from annotation.learning.markdown import as_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML, cleaned by an allowlist."""
    return as_html(text)
