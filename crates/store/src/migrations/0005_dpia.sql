-- Data projects and assessments. Each record stands whole in `content` (JSON, which SQL never looks into); the other columns
-- repeat what is looked up by, and `check` compares them.

create table project (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    organisation_id text not null references organisation (id)
);
create index project_owner on project (organisation_id);
create table project_organisation (
    project_id text not null references project (id),
    place integer not null,
    organisation_id text not null references organisation (id),
    primary key (project_id, place)
);
create index project_organisation_of on project_organisation (organisation_id);
create table project_system (
    project_id text not null references project (id),
    place integer not null,
    system_id text not null references system (id),
    primary key (project_id, place)
);
create index project_system_of on project_system (system_id);
create table project_contract (
    project_id text not null references project (id),
    place integer not null,
    contract_id text not null references contract (id),
    primary key (project_id, place)
);
create index project_contract_of on project_contract (contract_id);
create table project_planned (
    project_id text not null references project (id),
    place integer not null,
    planned_procurement_id text not null references planned_procurement (id),
    primary key (project_id, place)
);
create index project_planned_of on project_planned (planned_procurement_id);

create table screening (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    project_id text not null references project (id)
);
create index screening_project on screening (project_id);

-- Templates, screening rules, lists of options, overlays and routes of sign-off: files as they were written.
create table dpia_file (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    kind text not null,
    urn text not null,
    version text not null,
    organisation_id text references organisation (id),
    unique (urn, version)
);

create table assessment (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    number text not null unique,
    project_id text references project (id),
    lead_id text not null references organisation (id),
    state text not null,
    urn text not null,
    review_on text
);
create index assessment_project on assessment (project_id);
create index assessment_lead on assessment (lead_id);
create index assessment_urn on assessment (urn);
create index assessment_review on assessment (review_on);
create table assessment_organisation (
    assessment_id text not null references assessment (id),
    place integer not null,
    organisation_id text not null references organisation (id),
    primary key (assessment_id, place)
);
create index assessment_organisation_of on assessment_organisation (organisation_id);
create table assessment_guest (
    assessment_id text not null references assessment (id),
    place integer not null,
    person_id text not null references person (id),
    primary key (assessment_id, place)
);
create index assessment_guest_of on assessment_guest (person_id);
create table assessment_system (
    assessment_id text not null references assessment (id),
    place integer not null,
    system_id text not null references system (id),
    primary key (assessment_id, place)
);
create index assessment_system_of on assessment_system (system_id);
create table assessment_contract (
    assessment_id text not null references assessment (id),
    place integer not null,
    contract_id text not null references contract (id),
    primary key (assessment_id, place)
);
create index assessment_contract_of on assessment_contract (contract_id);
create table assessment_planned (
    assessment_id text not null references assessment (id),
    place integer not null,
    planned_procurement_id text not null references planned_procurement (id),
    primary key (assessment_id, place)
);
create index assessment_planned_of on assessment_planned (planned_procurement_id);

create table answer (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id),
    place text not null,
    version bigint not null,
    unique (assessment_id, place)
);

create table risk (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id)
);
create index risk_assessment on risk (assessment_id);

create table measure (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id),
    due text
);
create index measure_assessment on measure (assessment_id);

create table dpia_comment (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id)
);
create index dpia_comment_assessment on dpia_comment (assessment_id);

create table recommendation (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id)
);
create index recommendation_assessment on recommendation (assessment_id);

create table version (
    id text primary key,
    head text not null,
    content text not null,
    assessment_id text not null references assessment (id),
    number bigint not null,
    unique (assessment_id, number)
);

create table signature (
    id text primary key,
    content text not null,
    assessment_id text not null references assessment (id),
    person_id text not null references person (id)
);
create index signature_assessment on signature (assessment_id);

create table consultation (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id)
);
create index consultation_assessment on consultation (assessment_id);

create table publication (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text not null references assessment (id),
    stage text not null
);
create index publication_assessment on publication (assessment_id);
create index publication_stage on publication (stage);

create table task (
    id text primary key,
    content text not null,
    updated_at bigint not null,
    assessment_id text references assessment (id),
    organisation_id text not null references organisation (id),
    person_id text references person (id),
    due text,
    open boolean not null
);
create index task_assessment on task (assessment_id);
create index task_person on task (person_id, open);
create index task_organisation on task (organisation_id, open);

-- Files beside assessments: content by its hash, in chunks, once however often it is attached.
create table attachment (
    id text primary key,
    content text not null,
    assessment_id text not null references assessment (id),
    hash text not null
);
create index attachment_assessment on attachment (assessment_id);
create index attachment_hash on attachment (hash);
create table attachment_chunk (
    hash text not null,
    place integer not null,
    bytes {bytes} not null,
    primary key (hash, place)
);

-- What is no record of the change log: drafts, when somebody last looked, who is here, who is away.
create table dpia_draft (
    assessment_id text not null references assessment (id),
    place text not null,
    person_id text not null references person (id),
    content text not null,
    at bigint not null,
    primary key (assessment_id, place, person_id)
);
create table dpia_seen (
    assessment_id text not null references assessment (id),
    person_id text not null references person (id),
    sequence bigint not null,
    at bigint not null,
    primary key (assessment_id, person_id)
);
create table dpia_presence (
    assessment_id text not null references assessment (id),
    person_id text not null references person (id),
    content text not null,
    at bigint not null,
    primary key (assessment_id, person_id)
);
create table absence (
    person_id text not null references person (id),
    organisation_id text not null references organisation (id),
    content text not null,
    until text not null,
    primary key (person_id, organisation_id)
);
