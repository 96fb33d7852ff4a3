-- Surveys of applications and models of the architecture as they were taken. What became of them stands in the registers;
-- these are never changed, so that a measure can be followed from one survey to the next.

create table landscape_survey (
  id {id} not null primary key,
  taken_at {time} not null,
  taken_by {id} references account (id),
  kind text not null,
  file text not null,
  sha256 text not null unique,
  applications bigint not null,
  body text not null
);
create index landscape_survey_taken on landscape_survey (taken_at);

-- A model of the architecture, whole, with what nobody here understands of it.
create table landscape_model (
  survey_id {id} not null primary key references landscape_survey (id),
  title text not null,
  elements bigint not null,
  relationships bigint not null,
  views bigint not null,
  body text not null
);
