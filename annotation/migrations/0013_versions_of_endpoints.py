"""Each endpoint counts its own versions, as the verifier does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0012_sources_of_gold")]

    operations = [
        migrations.RemoveConstraint(model_name="scorer", name="scorer_version_once"),
        migrations.AddConstraint(
            model_name="scorer",
            constraint=models.UniqueConstraint(
                fields=("project", "endpoint", "version"), name="scorer_version_once", nulls_distinct=False
            ),
        ),
    ]
