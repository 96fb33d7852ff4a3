-- The register of algorithms: what runs here and scores, matches, ranks or forecasts, by version and digest, and how far
-- each may be used. What no row allows is not done.

create table algorithm (
  id {id} not null primary key,
  kind text not null,
  name text not null,
  version text not null,
  digest text not null,
  title text not null,
  purpose text not null,
  owner text not null,
  accountable text not null,
  registered_at {time} not null,
  running bigint not null,
  state text not null,
  since {time} not null,
  until_at {time},
  units text not null,
  volume bigint,
  used bigint not null,
  unique (kind, name, digest)
);

-- What people made of it, one row for each step. Nothing here is ever changed.
create table algorithm_phase (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  at {time} not null,
  by_id {id} not null references account (id),
  was text not null,
  state text not null,
  until_at {time},
  units text not null,
  volume bigint,
  reasons text not null,
  published text not null
);
create index algorithm_phase_algorithm on algorithm_phase (algorithm_id, at);

-- What was not asked about a report, and why; and by which text it is led, whose permission can end.
alter table assessment_run add column withheld text not null default '[]';
alter table report add column led_by text;

-- The queue in order of receipt, for as long as nobody has approved another order.
create index report_received on report (state, received_at, id);
