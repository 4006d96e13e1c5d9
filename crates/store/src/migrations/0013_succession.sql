-- The assessment that took another's place, so that it can be asked which ones it replaced.
alter table assessment add column superseded_by text references assessment (id);
create index assessment_superseded on assessment (superseded_by);
