"""Rules that Django's own constraints cannot say: composite foreign keys, and what is fixed once submitted."""

from django.db import migrations

FOREIGN_KEYS = """
ALTER TABLE annotation_place ADD CONSTRAINT place_wants_what_its_task_wants
    FOREIGN KEY (task_id, wanted) REFERENCES annotation_task (id, wanted)
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE annotation_steplabel ADD CONSTRAINT label_of_its_annotations_solution
    FOREIGN KEY (annotation_id, solution_id) REFERENCES annotation_annotation (id, solution_id)
    ON DELETE CASCADE;
ALTER TABLE annotation_steplabel ADD CONSTRAINT label_of_a_completion_in_range
    FOREIGN KEY (solution_id, step, completion) REFERENCES annotation_completion (solution_id, step, index);
"""

DROP_FOREIGN_KEYS = """
ALTER TABLE annotation_place DROP CONSTRAINT place_wants_what_its_task_wants;
ALTER TABLE annotation_steplabel DROP CONSTRAINT label_of_its_annotations_solution;
ALTER TABLE annotation_steplabel DROP CONSTRAINT label_of_a_completion_in_range;
"""

FIXED_ONCE_SUBMITTED = """
CREATE FUNCTION annotation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'annotation % is submitted; it and its labels are fixed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER annotation_fixed_once_submitted
    BEFORE UPDATE OR DELETE ON annotation_annotation
    FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL)
    EXECUTE FUNCTION annotation_refuse_change();

CREATE FUNCTION annotation_refuse_label_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM annotation_annotation
               WHERE id = OLD.annotation_id AND submitted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'annotation % is submitted; its labels are fixed', OLD.annotation_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER label_fixed_once_submitted
    BEFORE UPDATE OR DELETE ON annotation_steplabel
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_label_change();
CREATE TRIGGER written_step_fixed_once_submitted
    BEFORE UPDATE OR DELETE ON annotation_humancompletion
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_label_change();
"""

CHANGEABLE = """
DROP TRIGGER annotation_fixed_once_submitted ON annotation_annotation;
DROP FUNCTION annotation_refuse_change;
DROP TRIGGER written_step_fixed_once_submitted ON annotation_humancompletion;
DROP TRIGGER label_fixed_once_submitted ON annotation_steplabel;
DROP FUNCTION annotation_refuse_label_change;
"""


class Migration(migrations.Migration):
    dependencies = [("annotation", "0001_initial")]

    operations = [
        migrations.RunSQL(FOREIGN_KEYS, DROP_FOREIGN_KEYS),
        migrations.RunSQL(FIXED_ONCE_SUBMITTED, CHANGEABLE),
    ]
