-- Ids are UUIDv7 as text, dates text as YYYY-MM-DD, instants milliseconds of UTC, money pence. JSON is text that SQL never
-- looks into. References to other records stand in columns and link tables, so that foreign keys hold.

create table head (
    id integer primary key check (id = 1),
    sequence bigint not null
);
insert into head (id, sequence) values (1, 0);

create table setting (
    name text primary key,
    value text not null
);

create table change (
    sequence bigint primary key,
    at bigint not null,
    actor text not null,
    organisation_id text,
    action text not null,
    kind text not null,
    subject_id text not null,
    import_id text,
    content_hash {bytes} not null,
    hash {bytes} not null,
    salt {bytes},
    content text,
    erased text
);
create index change_subject on change (subject_id, sequence);

create table service_area (
    id text primary key,
    slug text not null unique,
    name text not null,
    position bigint not null
);

create table organisation (
    id text primary key,
    slug text not null unique,
    name text not null,
    formal_name text not null,
    kind text not null,
    gss_code text unique,
    register_code text,
    identifiers text not null,
    aliases text not null,
    letters text,
    tile_row integer,
    tile_column integer,
    colour text,
    member_from text,
    member_until text,
    updated_at bigint not null
);

create table function (
    id text primary key,
    slug text not null unique,
    name text not null,
    service_area_id text references service_area (id),
    core boolean not null,
    aliases text not null
);

create table supplier (
    id text primary key,
    name text not null,
    names text not null,
    identifiers text not null,
    owners text not null,
    sme boolean,
    vcse boolean,
    updated_at bigint not null
);

create table product (
    id text primary key,
    name text not null,
    manufacturer_id text references supplier (id),
    former_names text not null,
    updated_at bigint not null
);
create table product_function (
    product_id text not null references product (id),
    place integer not null,
    function_id text not null references function (id),
    primary key (product_id, place)
);

create table import (
    id text primary key,
    kind text not null,
    files text not null,
    at bigint not null,
    report text not null,
    undone_at bigint,
    first_sequence bigint,
    last_sequence bigint
);

create table mapping (
    id text primary key,
    mapping_key text not null unique,
    kind text not null,
    fields text not null
);

create table system (
    id text primary key,
    system_key text not null unique,
    organisation_id text not null references organisation (id),
    product_id text not null references product (id),
    users bigint,
    hosting text,
    satisfaction bigint,
    data_access text,
    origin text not null,
    confirmed text,
    updated_at bigint not null
);
create table system_function (
    system_id text not null references system (id),
    place integer not null,
    function_id text not null references function (id),
    primary key (system_id, place)
);

create table contract (
    id text primary key,
    contract_key text not null unique,
    organisation_id text not null references organisation (id),
    reference text,
    title text not null,
    description text,
    supplier_state text not null,
    owning_service text,
    term_kind text not null,
    start_date text,
    end_date text,
    extensions text,
    breaks text,
    notice text,
    review_date text,
    in_use boolean,
    terminated_date text,
    value_state text not null,
    value_pence bigint,
    value_currency text,
    value_basis text,
    value_vat text,
    value_withheld text,
    framework text,
    lot text,
    route text,
    cpv text,
    source text not null,
    import_id text references import (id),
    import_row bigint,
    digest text not null,
    field_origins text,
    source_url text,
    ocid text,
    confirmed text,
    updated_at bigint not null
);
create index contract_updated on contract (updated_at, id);
create index contract_ocid on contract (ocid);
create table contract_organisation (
    contract_id text not null references contract (id),
    place integer not null,
    organisation_id text not null references organisation (id),
    primary key (contract_id, place)
);
create table contract_supplier (
    contract_id text not null references contract (id),
    place integer not null,
    supplier_id text not null references supplier (id),
    primary key (contract_id, place)
);
create table contract_product (
    contract_id text not null references contract (id),
    place integer not null,
    product_id text not null references product (id),
    primary key (contract_id, place)
);
create table contract_function (
    contract_id text not null references contract (id),
    place integer not null,
    function_id text not null references function (id),
    primary key (contract_id, place)
);
create table contract_system (
    contract_id text not null references contract (id),
    place integer not null,
    system_id text not null references system (id),
    primary key (contract_id, place)
);

create table planned_procurement (
    id text primary key,
    planned_key text not null unique,
    organisation_id text not null references organisation (id),
    reference text,
    title text not null,
    description text,
    stage text not null,
    value text not null,
    closes text,
    start_date text,
    end_date text,
    cpv text not null,
    origin text not null,
    updated_at bigint not null
);

create index planned_procurement_updated on planned_procurement (updated_at, id);

create table ocds_release (
    id text primary key,
    digest text not null unique,
    ocid text not null,
    date text not null,
    content text not null
);
create index ocds_release_ocid on ocds_release (ocid);

create table flag (
    id text primary key,
    reason text not null,
    subject_kind text not null,
    subject_id text not null,
    note text not null,
    settled boolean not null
);
