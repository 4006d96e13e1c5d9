-- What each person was told of contracts' decision dates, so that nobody is told twice and what one of them was not told after all
-- is forgotten for that one alone. Takes the place of `reminder`, which knew no person and is written no more; what stands there
-- was told to everybody who had a place at the contract's organisation.
create table reminded (
    person_id text not null references person (id) on delete cascade,
    contract_id text not null references contract (id) on delete cascade,
    kind text not null,
    date text not null,
    stage text not null,
    said_at bigint not null,
    primary key (contract_id, person_id, kind, date, stage)
);
create index reminded_person on reminded (person_id);

insert into reminded (person_id, contract_id, kind, date, stage, said_at)
select m.person_id, r.contract_id, r.kind, r.date, r.stage, r.said_at
from reminder r
join contract c on c.id = r.contract_id
join membership m on m.organisation_id = c.organisation_id
where m.accepted_at is not null and m.revoked_at is null;

-- Since when a run has stood still because the server asked it to wait; none while it moves.
alter table source_run add column stalled_since bigint;

-- A directory's token ends some day, and somebody made it. Those made before have neither.
alter table scim_token add column made_by text;
alter table scim_token add column expires_at bigint;
