-- What the store itself needs: audit, ledger, jobs, outgoing messages, sessions.

create table audit (
  id {id} not null primary key,
  seq bigint unique,
  at {time} not null,
  verb text not null,
  action text not null,
  actor_kind text not null,
  actor_id {id},
  object_kind text not null,
  object_id {id},
  event text,
  salt {bytes},
  commitment {bytes} not null
);
create index audit_object on audit (object_id, id);
create index audit_unsealed on audit (id) where seq is null;

create table ledger_tile (
  level bigint not null,
  position bigint not null,
  hashes {bytes} not null,
  primary key (level, position)
);

create table ledger_checkpoint (
  size bigint not null primary key,
  at {time} not null,
  note text not null
);

create table job (
  id {id} not null primary key,
  kind text not null,
  key text not null unique,
  data text not null,
  run_at {time} not null,
  tries bigint not null,
  lease_until {time},
  dead boolean not null,
  error text
);
create index job_due on job (run_at, id) where not dead;

create table outgoing (
  id {id} not null primary key,
  channel text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at {time} not null,
  sent_at {time}
);

create table session (
  id {bytes} not null primary key,
  kind text not null,
  owner {id},
  value {bytes} not null,
  expires_at {time} not null
);
create index session_expiry on session (expires_at);
create index session_owner on session (owner);

-- One row: the sealed size and root. Locking it makes sealers take turns.
create table ledger_head (
  id bigint not null primary key,
  size bigint not null,
  root {bytes} not null
);
