-- How long what is still to be bought would run, in days, where its notice states that and no end.
alter table planned_procurement add column duration_days bigint;
