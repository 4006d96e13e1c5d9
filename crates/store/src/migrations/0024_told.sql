-- What each person was told of contracts' decision dates. Takes the place of `reminded`, which is written no more: what was said there
-- went with its contract, so that nobody heard that a date they had been given was gone, and everybody heard of it again when the
-- contract came back.
create table told (
    person_id text not null references person (id) on delete cascade,
    organisation_id text not null,
    -- Contracts go and come back; what was said stays.
    contract_id text not null,
    -- By what an import finds the contract again, under another id, and what it was called.
    contract_key text not null,
    title text not null,
    kind text not null,
    date text not null,
    stage text not null,
    said_at bigint not null,
    primary key (contract_id, person_id, kind, date, stage)
);
create index told_person on told (person_id);
create index told_organisation on told (organisation_id);

insert into told (person_id, organisation_id, contract_id, contract_key, title, kind, date, stage, said_at)
select r.person_id, c.organisation_id, c.id, c.contract_key, c.title, r.kind, r.date, r.stage, r.said_at
from reminded r
join contract c on c.id = r.contract_id;

-- Until when a source's server asked to be left alone; whoever asks for the source meanwhile does not override it.
alter table source_state add column wait_until bigint;
