-- The addresses that a run of a source has fetched, as SHA-256: pages that name each other are read once. Gone when the run ends.
create table source_read (
    run_id text not null references source_run (id) on delete cascade,
    address text not null,
    primary key (run_id, address)
);
