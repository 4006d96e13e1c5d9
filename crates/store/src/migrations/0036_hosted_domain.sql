-- Of which of Google's hosted domains an account is: one issuer serves every organisation there. None of other providers, nor of an account
-- that was not used since.
alter table account add column hosted_domain text;
