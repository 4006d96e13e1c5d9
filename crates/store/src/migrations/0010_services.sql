-- Which services a person looks after at an organisation, as its contracts name their owning service: a JSON list of texts.
alter table membership add column services text not null default '[]';
