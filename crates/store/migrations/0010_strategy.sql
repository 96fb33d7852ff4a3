-- Strategies as they were published: every version with its text, which is its identity and never changes.
create table strategy_version (
  id {id} not null primary key,
  strategy text not null,
  version text not null,
  digest text not null unique,
  text text not null,
  taken_up_at {time} not null,
  unique (strategy, version)
);
