-- What the public and partners send in.

create table submission (
  id {id} not null primary key,
  reference text not null unique,
  tracking {bytes} not null,
  form text not null,
  form_version bigint not null,
  form_digest text not null,
  channel text not null,
  received_at {time} not null,
  title text not null,
  body text not null,
  contact_email text,
  retry_key {bytes} unique,
  state text not null,
  state_at {time} not null,
  state_note text not null
);
