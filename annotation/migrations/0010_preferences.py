"""What people set for themselves. The shape of their keys is said in SQL, which Django's constraints cannot say."""

from django.db import migrations, models

KEYS_SHAPE = """
ALTER TABLE annotation_user ADD CONSTRAINT user_keys_shape CHECK (
    jsonb_typeof(keys) = 'object'
    AND length(keys::text) <= 6000
    AND NOT jsonb_path_exists(keys, '$.keyvalue() ? (!(@.key like_regex "^[a-z]{1,24}$"))')
    AND NOT jsonb_path_exists(keys, 'strict $.* ? (@.type() != "array" || @.size() > 2)')
    AND NOT jsonb_path_exists(keys, 'strict $.*[*] ? (@.type() != "string" || !(@ like_regex "^.{1,16}$"))', '{}', true)
)
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0002_integrity")]

    operations = [
        migrations.AddField(
            "user",
            "theme",
            models.CharField(
                choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                default="system",
                max_length=6,
            ),
        ),
        migrations.AddField("user", "keys", models.JSONField(default=dict)),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(theme__in=["system", "light", "dark"]), name="user_theme_known"
            ),
        ),
        migrations.RunSQL(KEYS_SHAPE, "ALTER TABLE annotation_user DROP CONSTRAINT user_keys_shape"),
    ]
