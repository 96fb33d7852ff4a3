-- Evidence: the item, the file behind it, and the packages it left in.

create table evidence_item (
  id {id} not null primary key,
  case_id {id} not null references case_file (id),
  exhibit text not null,
  description text not null,
  origin text not null,
  file_name text not null,
  media_type text not null,
  detected text,
  sha256 text not null,
  size bigint not null,
  added_at {time} not null,
  added_by {id} not null references account (id),
  unique (case_id, exhibit)
);

create table package (
  id {id} not null primary key,
  case_id {id} not null references case_file (id),
  made_at {time} not null,
  made_by {id} not null references account (id),
  recipient text not null,
  manifest_sha256 text not null
);
create index package_case on package (case_id, made_at);
