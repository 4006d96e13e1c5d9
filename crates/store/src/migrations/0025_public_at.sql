-- When what the public sees of a record last changed: what an organisation writes for itself (a note, a manager, how happy it is)
-- moves `updated_at`, which guards edits, and must not move what the public can watch. Until now they were one.
alter table contract add column public_at bigint not null default 0;
update contract set public_at = updated_at;
create index contract_public on contract (public_at, id);
alter table system add column public_at bigint not null default 0;
update system set public_at = updated_at;
