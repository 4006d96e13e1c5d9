-- How people sign in. Secrets stand here as hashes only, TOTP secrets excepted, which have to be read again; what a browser is
-- in the middle of is kept here and not in its cookie. Email addresses of failed attempts are kept as hashes.

create table identity_provider (
    id text primary key,
    organisation_id text not null references organisation (id),
    provider text not null,
    client_id text not null,
    secret_name text,
    enabled boolean not null,
    updated_at bigint not null
);
create index identity_provider_organisation on identity_provider (organisation_id);

-- A person as an identity provider knows them: by issuer and subject; with Entra by tenant and object.
create table account (
    id text primary key,
    person_id text not null references person (id),
    issuer text not null,
    subject text not null,
    tenant text,
    object text,
    created_at bigint not null,
    used_at bigint not null,
    unique (issuer, subject),
    unique (tenant, object)
);
create index account_person on account (person_id);

create table second_factor (
    id text primary key,
    person_id text not null references person (id),
    kind text not null,
    name text not null,
    secret text not null,
    last_step bigint,
    created_at bigint not null,
    used_at bigint
);
create index second_factor_person on second_factor (person_id);

create table recovery_code (
    person_id text not null references person (id),
    digest text not null,
    primary key (person_id, digest)
);

-- A link that invites, or lets someone set up a second factor.
create table invitation (
    id text primary key,
    digest text not null unique,
    purpose text not null,
    person_id text not null references person (id),
    organisation_id text not null references organisation (id),
    issued_at bigint not null,
    used_at bigint,
    withdrawn_at bigint
);
create index invitation_person on invitation (person_id);

create table sign_in_code (
    id text primary key,
    email_hash text not null,
    person_id text references person (id),
    digest text not null,
    issued_at bigint not null,
    tries bigint not null,
    ended_at bigint
);
create index sign_in_code_email on sign_in_code (email_hash);

-- What a browser is in the middle of: waiting for a code, for its provider, for a second factor.
create table sign_in_flow (
    browser_hash text primary key,
    content text not null,
    at bigint not null
);

-- The instants of attempts within a window, as JSON; one row for each limit and account or address.
create table attempt (
    name text not null,
    subject text not null,
    instants text not null,
    at bigint not null,
    primary key (name, subject)
);
