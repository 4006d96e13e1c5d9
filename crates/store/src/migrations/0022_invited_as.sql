-- What somebody is called by whoever invited them: shown to them until the place is accepted, since until then the invited
-- person's own name is not theirs to see.
create table invited_as (
    membership_id text primary key references membership (id),
    name text not null
);
