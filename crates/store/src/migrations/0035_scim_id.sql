-- By what a directory asks for one of its users, where that is not the person's own id: whoever takes an invitation up with an account
-- that they had, or is named under another address before that, stays the same user to the directory (RFC 7643, 3.1).
alter table scim_user add column scim_id text;
create unique index scim_user_scim_id on scim_user (organisation_id, scim_id);
