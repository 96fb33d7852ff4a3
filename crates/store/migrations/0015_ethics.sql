-- Ethics assessments of the register's algorithms. Everything is added, nothing is changed: the latest row counts.

create table ethics_assessment (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  written_at {time} not null,
  written_by {id} not null references account (id),
  body text not null
);
create index ethics_assessment_algorithm on ethics_assessment (algorithm_id, written_at);

-- What the lab found, criterion by criterion.
create table ethics_lab_report (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  written_at {time} not null,
  written_by {id} not null references account (id),
  body text not null
);
create index ethics_lab_report_algorithm on ethics_lab_report (algorithm_id, written_at);

-- What a body outside the police said.
create table ethics_opinion (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  noted_at {time} not null,
  noted_by {id} not null references account (id),
  given_by text not null,
  given_on text not null,
  said text not null
);
create index ethics_opinion_algorithm on ethics_opinion (algorithm_id, noted_at);

-- One member's advice at one of the two points of decision.
create table ethics_advice (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  point text not null,
  advice text not null,
  reasons text not null,
  conditions text not null,
  interest text not null,
  given_at {time} not null,
  given_by {id} not null references account (id)
);
create index ethics_advice_algorithm on ethics_advice (algorithm_id, point, given_at);

-- The minutes, public from the moment they are written, with what came of the members' advice.
create table ethics_minutes (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  point text not null,
  outcome text not null,
  held_on text not null,
  said text not null,
  votes text not null,
  conditions text not null,
  published_at {time} not null,
  published_by {id} not null references account (id)
);
create index ethics_minutes_algorithm on ethics_minutes (algorithm_id, point, published_at);
create index ethics_minutes_published on ethics_minutes (published_at);

-- Why a field of the transparency record is not published.
create table ethics_exemption (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  field text not null,
  reasons text not null,
  at {time} not null,
  by_id {id} not null references account (id)
);
create index ethics_exemption_algorithm on ethics_exemption (algorithm_id, field, at);
