-- To whom a system's supplier passes its data on: a JSON list in the order in which it was given. Those that are suppliers of the
-- register stand in a table of their own as well, so that foreign keys hold and a merge of suppliers finds them.
alter table system add column sub_processors text;
create table system_sub_processor (
    system_id text not null references system (id),
    place integer not null,
    supplier_id text not null references supplier (id),
    primary key (system_id, place)
);
create index system_sub_processor_supplier on system_sub_processor (supplier_id);
