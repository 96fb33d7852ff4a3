-- The common data model: records, links between them, and the keys by which they are found.

create table source (
  id {id} not null primary key,
  kind text not null,
  name text not null,
  digest text not null unique,
  row_count bigint not null,
  imported_at {time} not null,
  imported_by {id}
);

create table record (
  id {id} not null primary key,
  kind text not null,
  source_id {id} references source (id),
  body text not null,
  created_at {time} not null
);
create index record_source on record (source_id);

create table record_key (
  key text not null,
  record_id {id} not null references record (id),
  primary key (key, record_id)
);
create index record_key_record on record_key (record_id);

create table record_link (
  id {id} not null primary key,
  kind text not null,
  from_id {id} not null references record (id),
  to_id {id} not null references record (id),
  body text not null,
  created_at {time} not null
);
create index record_link_from on record_link (from_id);
create index record_link_to on record_link (to_id);

-- A machine's proposal that two records are about the same thing, and what a person said to it.
create table suggestion (
  id {id} not null primary key,
  report_id {id} not null,
  record_id {id} not null references record (id),
  candidate_id {id} not null references record (id),
  weight double precision not null,
  band text not null,
  body text not null,
  proposed_at {time} not null,
  answer text,
  answered_by {id},
  answered_at {time},
  reason text,
  unique (record_id, candidate_id)
);
create index suggestion_report on suggestion (report_id);
