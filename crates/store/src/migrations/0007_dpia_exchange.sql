-- The document that an assessment came in as, whole: what has no place in the other tables goes out again with every export.
create table assessment_document (
    assessment_id text primary key references assessment (id),
    content text not null
);
