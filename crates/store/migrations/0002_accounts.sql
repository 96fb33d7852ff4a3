-- Staff accounts, one-time invitations and API tokens.

create table account (
  id {id} not null primary key,
  username text not null unique,
  name text not null,
  password text,
  roles text not null,
  created_at {time} not null,
  disabled_at {time},
  failures bigint not null default 0,
  wait_until {time}
);

create table invitation (
  id {bytes} not null primary key,
  account_id {id} not null references account (id),
  expires_at {time} not null,
  used_at {time}
);

create table api_token (
  id {bytes} not null primary key,
  account_id {id} not null references account (id),
  label text not null,
  purpose text not null,
  created_at {time} not null,
  expires_at {time} not null,
  revoked_at {time}
);
create index api_token_account on api_token (account_id);
