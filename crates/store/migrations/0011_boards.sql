-- Boards with their meetings, papers, decisions and actions; decision reports with every step that was taken.

-- A body that meets or decides.
create table body (
  code text not null primary key,
  name text not null,
  kind text not null,
  role text not null,
  source text not null,
  valid_from text,
  valid_to text
);

create table board_meeting (
  id {id} not null primary key,
  body_code text not null references body (code),
  on_day text not null,
  at_time text not null,
  place text not null,
  state text not null,
  version bigint not null,
  minutes text not null,
  minutes_state text not null,
  confirmed_on text,
  confirmed_by {id} references account (id),
  made_at {time} not null,
  made_by {id} not null references account (id),
  unique (body_code, on_day, at_time)
);
create index board_meeting_day on board_meeting (on_day);

-- A paper with the fields of its cover. It goes to the Chief Officer Group first, unless that was waived.
create table board_paper (
  id {id} not null primary key,
  body text not null,
  gsc text not null,
  title text not null,
  decision_reference text,
  waived_at {time},
  waived_by {id} references account (id),
  waiver text not null,
  made_at {time} not null,
  made_by {id} not null references account (id)
);
create index board_paper_decision on board_paper (decision_reference);

create table board_item (
  id {id} not null primary key,
  meeting_id {id} not null references board_meeting (id),
  number bigint not null,
  title text not null,
  wanted text not null,
  paper_id {id} references board_paper (id),
  outcome text,
  outcome_text text not null,
  decided_at {time},
  decided_by {id} references account (id),
  unique (meeting_id, number)
);
create index board_item_paper on board_item (paper_id);

-- What a member said on an item.
create table board_comment (
  id {id} not null primary key,
  item_id {id} not null references board_item (id),
  member text not null,
  said text not null,
  at {time} not null,
  by_id {id} not null references account (id)
);
create index board_comment_item on board_comment (item_id, at);

create table board_action (
  id {id} not null primary key,
  meeting_id {id} not null references board_meeting (id),
  what text not null,
  owner text not null,
  due_on text not null,
  made_at {time} not null,
  made_by {id} not null references account (id),
  done_on text,
  done_by {id} references account (id),
  result text not null
);
create index board_action_meeting on board_action (meeting_id, due_on);

-- Who may decide for whom, up to what, and since when.
create table delegation (
  id {id} not null primary key,
  from_office text not null,
  to_office text not null,
  scope text not null,
  source text not null,
  valid_from text not null,
  valid_to text,
  made_at {time} not null,
  made_by {id} not null references account (id)
);

-- A decision report. `state` is what the latest step made of it; `body` is the version of its content that counts.
create table decision_paper (
  id {id} not null primary key,
  reference text not null unique,
  state text not null,
  version bigint not null,
  author_id {id} not null references account (id),
  created_at {time} not null,
  title text not null,
  gsc text not null,
  body text not null,
  publication text not null,
  notice text,
  published text,
  published_pdf text,
  published_pdf_size bigint,
  published_at {time}
);
create index decision_paper_state on decision_paper (state);

create table decision_version (
  report_id {id} not null references decision_paper (id),
  number bigint not null,
  at {time} not null,
  by_id {id} not null references account (id),
  body text not null,
  primary key (report_id, number)
);

-- A step: the day that the paper states, and when it was entered.
create table decision_step (
  id {id} not null primary key,
  report_id {id} not null references decision_paper (id),
  what text not null,
  from_state text not null,
  to_state text not null,
  on_day text not null,
  at {time} not null,
  by_id {id} not null references account (id),
  printed text not null,
  capacity text not null,
  reasons text not null
);
create index decision_step_report on decision_step (report_id, at);

create table decision_file (
  id {id} not null primary key,
  report_id {id} not null references decision_paper (id),
  title text not null,
  name text not null,
  sha256 text not null,
  size bigint not null,
  publish bigint not null,
  redacted_sha256 text,
  redacted_size bigint,
  added_at {time} not null,
  added_by {id} not null references account (id)
);
create index decision_file_report on decision_file (report_id, added_at);
