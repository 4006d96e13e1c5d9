-- A look at an assessment lasts while somebody comes back to it within half an hour: what changed is counted from the end of the
-- look before (sequence, at), and how far the present one has come stands beside it.
alter table dpia_seen add column latest_sequence bigint not null default 0;
alter table dpia_seen add column latest_at bigint not null default 0;
update dpia_seen set latest_sequence = sequence, latest_at = at;
