-- From the queue of reports to decisions, cases and tasks.

create table report (
  id {id} not null primary key references submission (id),
  state text not null,
  priority bigint not null,
  received_at {time} not null,
  form text not null,
  reference text not null,
  title text not null,
  floor text,
  ceiling text,
  matches bigint not null,
  version bigint not null,
  case_id {id}
);
create index report_queue on report (state, priority desc, received_at, id);

create table report_record (
  report_id {id} not null references report (id),
  record_id {id} not null references record (id),
  role text not null,
  primary key (report_id, record_id)
);

create table assessment (
  id {id} not null primary key,
  report_id {id} not null references report (id),
  made_at {time} not null,
  definition text not null,
  body text not null
);
create index assessment_report on assessment (report_id, made_at);

create table decision (
  id {id} not null primary key,
  report_id {id} not null references report (id),
  decided_at {time} not null,
  decided_by {id} not null references account (id),
  outcome text not null,
  grade text,
  body text not null
);
create index decision_report on decision (report_id, decided_at);

create table case_file (
  id {id} not null primary key,
  reference text not null unique,
  title text not null,
  opened_at {time} not null,
  opened_by {id} not null references account (id),
  decision_id {id} not null references decision (id),
  report_id {id} not null references report (id),
  state text not null
);
create index case_file_opened on case_file (opened_at, id);

create table task (
  id {id} not null primary key,
  case_id {id} not null references case_file (id),
  title text not null,
  role text not null,
  due_at {time},
  created_at {time} not null,
  created_by {id} not null references account (id),
  done_at {time},
  done_by {id} references account (id),
  result text
);
create index task_case on task (case_id, created_at);

create table case_note (
  id {id} not null primary key,
  case_id {id} not null references case_file (id),
  written_at {time} not null,
  written_by {id} not null references account (id),
  text text not null
);
create index case_note_case on case_note (case_id, written_at);
