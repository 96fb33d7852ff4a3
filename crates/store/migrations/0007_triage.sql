-- Definitions with their life, what was said about a report, and what came of it: assessments by every definition in
-- use, decisions with how they stand to the proposal, reviews, answers to proposed actions.

-- A version of a definition: its text is its identity. `status` is what the latest event made of it.
create table definition_version (
  id {id} not null primary key,
  definition text not null,
  version text not null,
  digest text not null unique,
  status text not null,
  text text not null,
  taken_up_at {time} not null,
  unique (definition, version)
);
create index definition_version_status on definition_version (status);

-- What people did with it. Nothing goes live without two of them.
create table definition_event (
  id {id} not null primary key,
  version_id {id} not null references definition_version (id),
  at {time} not null,
  by_id {id} not null references account (id),
  what text not null,
  reasons text not null,
  body text not null
);
create index definition_event_version on definition_event (version_id, at);

-- What somebody learned after a report had come in. Never changed: what is said later counts, what was said stays.
create table fact_said (
  id {id} not null primary key,
  report_id {id} not null references report (id),
  fact text not null,
  body text not null,
  noted_at {time} not null,
  noted_by {id} not null references account (id)
);
create index fact_said_report on fact_said (report_id, noted_at);

-- Definitions that somebody wants to be asked as well.
create table considered (
  report_id {id} not null references report (id),
  definition text not null,
  added_at {time} not null,
  added_by {id} not null references account (id),
  primary key (report_id, definition)
);

-- One look at a report: the facts once, and what each definition in use made of them.
create table assessment_run (
  id {id} not null primary key,
  report_id {id} not null references report (id),
  made_at {time} not null,
  cause text not null,
  engine text not null,
  facts text not null,
  graded text not null,
  found text not null
);
create index assessment_run_report on assessment_run (report_id, made_at);

-- The grade that an officer gave before seeing what was proposed.
create table own_grade (
  report_id {id} not null references report (id),
  by_id {id} not null references account (id),
  grade text not null,
  at {time} not null,
  primary key (report_id, by_id)
);

alter table report add column definition text;
alter table report add column hidden bigint not null default 0;
alter table report add column grade text;
alter table report add column graded_at {time};
create index report_definition on report (definition, id);

alter table decision add column kind text not null default 'report';
alter table decision add column stance text;
alter table decision add column floor text;
alter table decision add column ceiling text;
alter table decision add column definition text;
alter table decision add column version text;
alter table decision add column lower_code text;
alter table decision add column run_id {id};
create index decision_decided on decision (decided_at);

-- What has to be looked at by a person, by when, and who did.
create table review (
  id {id} not null primary key,
  report_id {id} not null references report (id),
  cause text not null,
  detail text not null,
  made_at {time} not null,
  made_by {id} references account (id),
  due_at {time} not null,
  done_at {time},
  done_by {id} references account (id),
  decision_id {id} references decision (id)
);
create index review_due on review (done_at, due_at);
create index review_report on review (report_id, made_at);

-- A task can belong to a report of which no case was opened.
alter table task rename to task_of_case;
create table task (
  id {id} not null primary key,
  case_id {id} references case_file (id),
  report_id {id} not null references report (id),
  title text not null,
  role text not null,
  due_at {time},
  created_at {time} not null,
  created_by {id} not null references account (id),
  done_at {time},
  done_by {id} references account (id),
  result text
);
insert into task (id, case_id, report_id, title, role, due_at, created_at, created_by, done_at, done_by, result)
  select t.id, t.case_id, c.report_id, t.title, t.role, t.due_at, t.created_at, t.created_by, t.done_at, t.done_by, t.result
  from task_of_case t join case_file c on c.id = t.case_id;
drop table task_of_case;
create index task_case on task (case_id, created_at);
create index task_report on task (report_id, created_at);

-- What a person said to each action that was proposed.
create table action_answer (
  id {id} not null primary key,
  decision_id {id} not null references decision (id),
  report_id {id} not null references report (id),
  definition text not null,
  version text not null,
  action text not null,
  must bigint not null,
  answer text not null,
  reason text not null,
  task_id {id} references task (id)
);
create index action_answer_report on action_answer (report_id);

-- An algorithm that a person switched off or on again; the latest says how it stands.
create table algorithm_switch (
  id {id} not null primary key,
  algorithm text not null,
  is_on bigint not null,
  at {time} not null,
  by_id {id} not null references account (id),
  reasons text not null
);
create index algorithm_switch_algorithm on algorithm_switch (algorithm, at);
