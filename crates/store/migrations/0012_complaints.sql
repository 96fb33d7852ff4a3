-- Complaints with their clocks, who looked into them and what came of it; corrections that follow the recipients; and
-- fairness reports with the thresholds that were set before them.

-- What somebody complains about, as it came in. Never changed; what becomes of it stands in the columns below and in
-- its events.
create table complaint (
  id {id} not null primary key,
  reference text not null unique,
  tracking {bytes} not null,
  retry_key {bytes} unique,
  channel text not null,
  entered_by {id} references account (id),
  received_at {time} not null,
  complainant text not null,
  contact_by text not null,
  contact text not null,
  contact_safe bigint not null,
  about text not null,
  report_reference text not null,
  algorithm text not null,
  algorithm_version text not null,
  told text not null,
  wanted text not null,
  state text not null,
  state_at {time} not null,
  acknowledge_due {time} not null,
  acknowledged_at {time},
  progress_due {time} not null,
  answer_due {time} not null,
  answered_at {time},
  handler_id {id} references account (id),
  reviewer_id {id} references account (id),
  finding text,
  reasons text not null default '',
  found_at {time}
);
create index complaint_state on complaint (state, received_at);
create index complaint_reviewer on complaint (reviewer_id, state);
create index complaint_algorithm on complaint (algorithm, algorithm_version);

-- Who decided, wrote or approved what is complained about: they do not review it.
create table complaint_chain (
  complaint_id {id} not null references complaint (id),
  account_id {id} not null references account (id),
  primary key (complaint_id, account_id)
);

-- What happened to it. `note` is for the complainant to read, `words` for staff only.
create table complaint_event (
  id {id} not null primary key,
  complaint_id {id} not null references complaint (id),
  at {time} not null,
  by_id {id} references account (id),
  what text not null,
  note text not null,
  words text not null
);
create index complaint_event_of on complaint_event (complaint_id, at);

-- What is done about it.
create table complaint_outcome (
  complaint_id {id} not null references complaint (id),
  outcome text not null,
  primary key (complaint_id, outcome)
);

-- One for each recipient of what has to be corrected or erased.
create table correction_notice (
  id {id} not null primary key,
  complaint_id {id} not null references complaint (id),
  outcome text not null,
  recipient text not null,
  received text not null,
  received_on text not null,
  made_at {time} not null,
  due_at {time} not null,
  sent_at {time},
  sent_by {id} references account (id),
  acknowledged_at {time},
  acknowledged_by {id} references account (id)
);
create index correction_notice_of on correction_notice (complaint_id, made_at);
create index correction_notice_due on correction_notice (acknowledged_at, due_at);

-- Thresholds for an algorithm's fairness reports, as a committee set them. The latest holds for what is made later.
create table fairness_bounds (
  id {id} not null primary key,
  algorithm text not null,
  low double precision not null,
  high double precision not null,
  reasons text not null,
  set_at {time} not null,
  set_by {id} not null references account (id)
);
create index fairness_bounds_of on fairness_bounds (algorithm, set_at);

-- A fairness report that somebody kept: all of it for staff, and its form for the public.
create table fairness_report (
  id {id} not null primary key,
  algorithm text not null,
  version text not null,
  title text not null,
  made_at {time} not null,
  made_by {id} not null references account (id),
  bounds_id {id} references fairness_bounds (id),
  file_digest text not null,
  body text not null,
  public_body text not null
);
create index fairness_report_of on fairness_report (algorithm, made_at);
