"""Rules that Django's own constraints cannot say: composite foreign keys, what is fixed, what follows."""

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
ALTER TABLE annotation_goldstep ADD CONSTRAINT gold_of_a_completion_of_its_solution
    FOREIGN KEY (gold_id, step, completion) REFERENCES annotation_completion (solution_id, step, index);
"""

DROP_FOREIGN_KEYS = """
ALTER TABLE annotation_place DROP CONSTRAINT place_wants_what_its_task_wants;
ALTER TABLE annotation_steplabel DROP CONSTRAINT label_of_its_annotations_solution;
ALTER TABLE annotation_steplabel DROP CONSTRAINT label_of_a_completion_in_range;
ALTER TABLE annotation_goldstep DROP CONSTRAINT gold_of_a_completion_of_its_solution;
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
CREATE TRIGGER choice_fixed_once_submitted
    BEFORE UPDATE OR DELETE ON annotation_choice
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_label_change();
"""

# Nothing is added either. What a statement adds and submits itself is submitted after its beginning. Loaded history
# is submitted from the start.
NOTHING_ADDED = """
CREATE FUNCTION annotation_refuse_addition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    drafted bigint;
BEGIN
    FOR drafted IN SELECT DISTINCT annotation_id FROM added LOOP
        IF EXISTS (SELECT FROM annotation_annotation
                   WHERE id = drafted AND submitted_at < statement_timestamp() AND NOT is_imported) THEN
            RAISE EXCEPTION 'annotation % is submitted; nothing is added to it', drafted
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER nothing_added_once_submitted AFTER INSERT ON annotation_steplabel
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_refuse_addition();
CREATE TRIGGER nothing_added_once_submitted AFTER INSERT ON annotation_humancompletion
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_refuse_addition();
CREATE TRIGGER nothing_added_once_submitted AFTER INSERT ON annotation_choice
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_refuse_addition();
CREATE TRIGGER nothing_added_once_submitted AFTER INSERT ON annotation_errorreport
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_refuse_addition();
"""

ADDABLE = """
DROP TRIGGER nothing_added_once_submitted ON annotation_steplabel;
DROP TRIGGER nothing_added_once_submitted ON annotation_humancompletion;
DROP TRIGGER nothing_added_once_submitted ON annotation_choice;
DROP TRIGGER nothing_added_once_submitted ON annotation_errorreport;
DROP FUNCTION annotation_refuse_addition;
"""

CHANGEABLE = """
DROP TRIGGER annotation_fixed_once_submitted ON annotation_annotation;
DROP FUNCTION annotation_refuse_change;
DROP TRIGGER written_step_fixed_once_submitted ON annotation_humancompletion;
DROP TRIGGER choice_fixed_once_submitted ON annotation_choice;
DROP TRIGGER label_fixed_once_submitted ON annotation_steplabel;
DROP FUNCTION annotation_refuse_label_change;
"""

# What is said of a first error.
REPORTS = """
ALTER TABLE annotation_errorreport ADD CONSTRAINT report_rating_range
    CHECK (array_remove(ratings, NULL) <@ ARRAY[-1, 0, 1]::smallint[]);
CREATE TRIGGER report_fixed_once_submitted
    BEFORE UPDATE OR DELETE ON annotation_errorreport
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_label_change();
"""

NO_REPORTS = """
DROP TRIGGER report_fixed_once_submitted ON annotation_errorreport;
ALTER TABLE annotation_errorreport DROP CONSTRAINT report_rating_range;
"""

GUIDELINE_FIXED = """
CREATE FUNCTION annotation_refuse_guideline_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of the instructions is published; it is fixed', OLD.version
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER guideline_fixed_once_published
    BEFORE DELETE OR UPDATE OF project_id, version, text, change, created_at ON annotation_guideline
    FOR EACH ROW EXECUTE FUNCTION annotation_refuse_guideline_change();
"""

GUIDELINE_CHANGEABLE = """
DROP TRIGGER guideline_fixed_once_published ON annotation_guideline;
DROP FUNCTION annotation_refuse_guideline_change;
"""

# Each annotation is bound to the version its labeler has read. Ids grow with versions: versions of a project are
# published one after the other.
GUIDELINE_BOUND = """
CREATE FUNCTION annotation_bind_guideline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.guideline_id := (SELECT max(guideline_id) FROM annotation_acknowledgement
                         WHERE labeler_id = NEW.labeler_id);
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_bound_when_begun BEFORE INSERT ON annotation_annotation
    FOR EACH ROW WHEN (NOT NEW.is_imported) EXECUTE FUNCTION annotation_bind_guideline();
CREATE TRIGGER annotation_bound_when_submitted BEFORE UPDATE OF submitted_at ON annotation_annotation
    FOR EACH ROW WHEN (OLD.submitted_at IS NULL AND NEW.submitted_at IS NOT NULL AND NOT NEW.is_imported)
    EXECUTE FUNCTION annotation_bind_guideline();
"""

GUIDELINE_UNBOUND = """
DROP TRIGGER annotation_bound_when_submitted ON annotation_annotation;
DROP TRIGGER annotation_bound_when_begun ON annotation_annotation;
DROP FUNCTION annotation_bind_guideline;
"""

# A completion continues one that is there: (solution, step - 1, parent) is a completion too.
PARENTS = """
ALTER TABLE annotation_completion ADD COLUMN parent_step smallint GENERATED ALWAYS AS (step - 1) STORED;
ALTER TABLE annotation_completion ADD CONSTRAINT completion_continues_another
    FOREIGN KEY (solution_id, parent_step, parent) REFERENCES annotation_completion (solution_id, step, index);
"""

NO_PARENTS = """
ALTER TABLE annotation_completion DROP CONSTRAINT completion_continues_another;
ALTER TABLE annotation_completion DROP COLUMN parent_step;
"""

# The shape of the keys that people set for themselves.
KEYS_SHAPE = """
ALTER TABLE annotation_user ADD CONSTRAINT user_keys_shape CHECK (
    jsonb_typeof(keys) = 'object'
    AND length(keys::text) <= 6000
    AND NOT jsonb_path_exists(keys, '$.keyvalue() ? (!(@.key like_regex "^[a-z]{1,24}$"))')
    AND NOT jsonb_path_exists(keys, 'strict $.* ? (@.type() != "array" || @.size() > 2)')
    AND NOT jsonb_path_exists(keys, 'strict $.*[*] ? (@.type() != "string" || !(@ like_regex "^.{1,16}$"))', '{}', true)
)
"""

NO_KEYS_SHAPE = "ALTER TABLE annotation_user DROP CONSTRAINT user_keys_shape"


class Migration(migrations.Migration):
    dependencies = [("annotation", "0001_initial")]

    operations = [
        migrations.RunSQL(FOREIGN_KEYS, DROP_FOREIGN_KEYS),
        migrations.RunSQL(FIXED_ONCE_SUBMITTED, CHANGEABLE),
        migrations.RunSQL(NOTHING_ADDED, ADDABLE),
        migrations.RunSQL(REPORTS, NO_REPORTS),
        migrations.RunSQL(GUIDELINE_FIXED, GUIDELINE_CHANGEABLE),
        migrations.RunSQL(GUIDELINE_BOUND, GUIDELINE_UNBOUND),
        migrations.RunSQL(PARENTS, NO_PARENTS),
        migrations.RunSQL(KEYS_SHAPE, NO_KEYS_SHAPE),
    ]
