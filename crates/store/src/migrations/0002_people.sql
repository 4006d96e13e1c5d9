-- People, their places at organisations, and what keeps them signed in. Secrets stand here as hashes only (SHA-256), TOTP
-- secrets excepted, which have to be read again.

create table person (
    id text primary key,
    name text not null,
    email text unique,
    illustrative boolean not null,
    disabled_at bigint,
    unwanted_mail text not null,
    updated_at bigint not null
);

create table membership (
    id text primary key,
    person_id text not null references person (id),
    organisation_id text not null references organisation (id),
    roles text not null,
    deputy text not null,
    invited_at bigint not null,
    accepted_at bigint,
    revoked_at bigint,
    updated_at bigint not null,
    unique (person_id, organisation_id)
);
create index membership_organisation on membership (organisation_id);

create table api_token (
    id text primary key,
    person_id text not null references person (id),
    organisation_id text not null references organisation (id),
    name text not null,
    writes boolean not null,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    updated_at bigint not null
);
create index api_token_person on api_token (person_id);
-- Apart from the record, which the change log holds: the hash of the token, and when it was last used.
create table api_token_secret (
    token_id text primary key references api_token (id),
    token_hash text not null unique,
    last_used_at bigint
);

-- A signed-in browser. It is no record of the change log; its beginning and end are events there.
create table session (
    id text primary key,
    token_hash text not null unique,
    person_id text not null references person (id),
    acting_for text not null references organisation (id),
    created_at bigint not null,
    seen_at bigint not null,
    checked_at bigint not null,
    second_factor boolean not null,
    method text not null,
    agent text not null,
    address text not null,
    ended_at bigint
);
create index session_person on session (person_id);

-- What a person asked for once already: a repeated form gets the first answer.
create table command (
    actor_id text not null,
    command_id text not null,
    result text not null,
    at bigint not null,
    primary key (actor_id, command_id)
);

-- What was typed into a form when the session had ended: given back after signing in, then forgotten.
create table held_form (
    token_hash text primary key,
    action text not null,
    body text not null,
    at bigint not null
);
