-- What somebody typed into a form of an assessment and has not sent: theirs alone, by the form's address. Like other drafts it is no
-- record of the change log. (What is typed as an answer stands in dpia_draft, since it moves with its question.)
create table form_draft (
    person_id text not null references person (id),
    form text not null,
    fields text not null,
    at bigint not null,
    primary key (person_id, form)
);
