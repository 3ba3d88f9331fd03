"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Manifest


class Storage(Manifest):  # type: ignore[misc]
    """The desk's scripts import each other; the names in their imports follow.

    Django's own switch for that (`support_js_module_import_aggregation`) reads the scripts of packages too, and
    stumbles over an import in one of django-htmx's comments.
    """

    patterns = (*Manifest.patterns, ("desk/*.js", Manifest._js_module_import_aggregation_patterns[1]))
