-- What was removed, by kind: so that 'what changed since I last looked' and the list of removed risks and measures need not read
-- the whole log. Removals are few among its entries.
create index change_removed on change (kind, sequence) where action = 'delete';
