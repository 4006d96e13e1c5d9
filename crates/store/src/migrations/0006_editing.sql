-- What organisations keep themselves: who looks after a contract, what is not public, what took its place; skills.

alter table contract add column manager_id text;
alter table contract add column note text;
alter table contract add column published boolean not null default true;
alter table contract add column replaced_by text;
alter table contract add column notice_of text;
alter table contract add column set_aside text;
create index contract_of_organisation on contract (organisation_id);

alter table system add column note text;
alter table system add column published boolean not null default true;
create index system_of_organisation on system (organisation_id);

create table skill (
    id text primary key,
    skill_key text not null unique,
    organisation_id text not null references organisation (id),
    name text not null,
    level text not null,
    people bigint,
    offers_training boolean not null,
    origin text not null,
    confirmed text,
    updated_at bigint not null
);
create index skill_of_organisation on skill (organisation_id);

-- A new record while its questions are being answered: one person's, not yet part of the register, and so not logged.
create table draft (
    id text primary key,
    person_id text not null,
    organisation_id text not null references organisation (id),
    kind text not null,
    answers text not null,
    updated_at bigint not null
);
create index draft_of_person on draft (person_id);

alter table import add column organisation_id text references organisation (id);

-- A file while its import is looked at and not yet made: one person's, for one organisation; not part of the register.
create table upload (
    id text primary key,
    person_id text not null,
    organisation_id text not null references organisation (id),
    kind text not null,
    name text not null,
    content {bytes} not null,
    mapping text,
    updated_at bigint not null
);
create index upload_of_person on upload (person_id);
