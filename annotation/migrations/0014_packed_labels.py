"""The ratings of each submitted annotation in one value, kept by the database itself."""

import django.db.models.deletion
from django.db import migrations, models

# step << 18 may reach the sign; what counts are the four bytes.
PACKED = """
CREATE FUNCTION annotation_pack_labels(which bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO annotation_packedlabels (annotation_id, ratings)
    SELECT annotation_id,
           string_agg(int4send((step::integer << 18) + (completion::integer << 2) + rating + 1), ''
                      ORDER BY step, completion)
    FROM annotation_steplabel WHERE annotation_id = ANY(which) AND rating IS NOT NULL
    GROUP BY annotation_id
    ON CONFLICT (annotation_id) DO UPDATE SET ratings = excluded.ratings
$$;

CREATE FUNCTION annotation_pack_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM annotation_pack_labels(ARRAY[NEW.id::bigint]);
    RETURN NULL;
END $$;
CREATE TRIGGER labels_packed_when_submitted AFTER UPDATE OF submitted_at ON annotation_annotation
    FOR EACH ROW WHEN (OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL)
    EXECUTE FUNCTION annotation_pack_submitted();

CREATE FUNCTION annotation_pack_loaded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    loaded bigint[] := ARRAY(SELECT a.id FROM annotation_annotation a
                             WHERE a.id IN (SELECT annotation_id FROM added) AND a.is_imported);
BEGIN
    IF loaded <> '{}' THEN
        PERFORM annotation_pack_labels(loaded);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER labels_packed_when_loaded AFTER INSERT ON annotation_steplabel
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_pack_loaded();

SELECT annotation_pack_labels(ARRAY(SELECT id FROM annotation_annotation WHERE submitted_at IS NOT NULL));
"""

UNPACKED = """
DROP TRIGGER labels_packed_when_loaded ON annotation_steplabel;
DROP TRIGGER labels_packed_when_submitted ON annotation_annotation;
DROP FUNCTION annotation_pack_loaded;
DROP FUNCTION annotation_pack_submitted;
DROP FUNCTION annotation_pack_labels;
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0013_versions_of_endpoints")]

    operations = [
        migrations.CreateModel(
            name="PackedLabels",
            fields=[
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="packed_labels",
                        serialize=False,
                        to="annotation.annotation",
                    ),
                ),
                ("ratings", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(PACKED, UNPACKED),
    ]
