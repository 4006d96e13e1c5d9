-- Work without a request. These tables are machinery, not records: they are no part of the change log. A job may always be
-- done twice without harm; its fence tells a process that has lost its lease.

create table job (
    id text primary key,
    kind text not null,
    -- While a job waits or runs there is no other of its kind with this key.
    dedupe text,
    payload text not null,
    state text not null,
    run_at bigint not null,
    -- How often it was begun. Counted at the start, so that a job that kills its process is given up some time.
    attempts bigint not null,
    -- Grows with every lease; whoever holds an older one may no longer finish the job.
    fence bigint not null,
    leased_until bigint,
    -- It was asked for again while it ran.
    again boolean not null,
    last_error text,
    created_at bigint not null,
    finished_at bigint
);
create unique index job_dedupe on job (kind, dedupe) where state = 'waiting';
create index job_due on job (state, run_at);

-- Messages, written in the transaction that causes them and handed over by a job each.
create table outbox (
    id text primary key,
    topic text not null,
    -- The person it is for, where there is one: their choices and their unsubscribing count.
    person_id text,
    organisation_id text,
    recipient_name text,
    recipient text not null,
    subject text not null,
    text_part text not null,
    html_part text not null,
    -- Digest of the token in its unsubscribe address; none for security mail.
    unsubscribe {bytes},
    unsubscribe_url text,
    -- What must still hold when it is handed over, as JSON; else it is dropped.
    about text,
    state text not null,
    created_at bigint not null,
    -- After this it is of no more use (a code that has run out).
    expires_at bigint,
    finished_at bigint,
    last_error text
);
create unique index outbox_unsubscribe on outbox (unsubscribe);
create index outbox_state on outbox (state, created_at);

-- Which mail an address of no person does not want (or wants again); people's choices stand in their records.
create table mail_choice (
    address text not null,
    topic text not null,
    wanted boolean not null,
    changed_at bigint not null,
    primary key (address, topic)
);

-- Addresses that an organisation's register is read from on a schedule: a record, kept in the change log.
create table source (
    id text primary key,
    organisation_id text not null references organisation (id),
    name text not null,
    kind text not null,
    url text not null,
    mapping text,
    every text not null,
    updated_at bigint not null
);
create index source_organisation on source (organisation_id);

-- Where a source stands. Machinery: changes with every run, no part of the change log.
create table source_state (
    source_id text primary key references source (id) on delete cascade,
    -- When it is read next; none when only on demand.
    next_at bigint,
    -- When the last whole run began: what came before was read.
    read_until bigint,
    -- Runs that failed one after the other.
    failures bigint not null
);
create index source_next on source_state (next_at);

create table source_run (
    id text primary key,
    source_id text not null references source (id) on delete cascade,
    started_at bigint not null,
    finished_at bigint,
    -- Where it goes on after a wait or a crash.
    next_url text,
    pages bigint not null,
    waits bigint not null,
    outcome text,
    -- The imports it made, and their reports' figures, as JSON.
    imports text not null,
    problem text
);
create index source_run_source on source_run (source_id, started_at);

-- Pages fetched and not yet imported.
create table source_page (
    run_id text not null references source_run (id) on delete cascade,
    number bigint not null,
    body {bytes} not null,
    primary key (run_id, number)
);

-- What was said of contracts' decision dates, so that nothing is said twice.
create table reminder (
    contract_id text not null references contract (id) on delete cascade,
    kind text not null,
    date text not null,
    stage text not null,
    said_at bigint not null,
    primary key (contract_id, kind, date)
);

-- Addresses of personal calendars: whose, of what, and the digest of what stands in the address.
create table calendar_token (
    id text primary key,
    person_id text not null,
    token {bytes} not null unique,
    second_factor boolean not null,
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create index calendar_token_person on calendar_token (person_id);

-- Provisioning by an organisation's directory (SCIM 2.0): its tokens, and what it calls its people.
create table scim_token (
    id text primary key,
    organisation_id text not null references organisation (id),
    token {bytes} not null unique,
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create table scim_user (
    organisation_id text not null references organisation (id),
    person_id text not null references person (id),
    user_name text not null,
    external_id text,
    primary key (organisation_id, person_id),
    unique (organisation_id, user_name)
);
