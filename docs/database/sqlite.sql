-- What the migrations make, for people to read and for a test to compare; the migrations are what is run.
-- Written anew by: BLUELAMP_REGENERATE=1 cargo nextest run -p bluelamp-store schema

CREATE TABLE account (
  id blob not null primary key,
  username text not null unique,
  name text not null,
  password text,
  roles text not null,
  created_at integer not null,
  disabled_at integer,
  failures bigint not null default 0,
  wait_until integer
);

CREATE TABLE action_answer (
  id blob not null primary key,
  decision_id blob not null references decision (id),
  report_id blob not null references report (id),
  definition text not null,
  version text not null,
  action text not null,
  must bigint not null,
  answer text not null,
  reason text not null,
  task_id blob references task (id)
);

CREATE INDEX action_answer_report on action_answer (report_id);

CREATE TABLE algorithm (
  id blob not null primary key,
  kind text not null,
  name text not null,
  version text not null,
  digest text not null,
  title text not null,
  purpose text not null,
  owner text not null,
  accountable text not null,
  registered_at integer not null,
  running bigint not null,
  state text not null,
  since integer not null,
  until_at integer,
  units text not null,
  volume bigint,
  used bigint not null,
  unique (kind, name, digest)
);

CREATE TABLE algorithm_phase (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  at integer not null,
  by_id blob not null references account (id),
  was text not null,
  state text not null,
  until_at integer,
  units text not null,
  volume bigint,
  reasons text not null,
  published text not null
);

CREATE INDEX algorithm_phase_algorithm on algorithm_phase (algorithm_id, at);

CREATE TABLE algorithm_switch (
  id blob not null primary key,
  algorithm text not null,
  is_on bigint not null,
  at integer not null,
  by_id blob not null references account (id),
  reasons text not null
);

CREATE INDEX algorithm_switch_algorithm on algorithm_switch (algorithm, at);

CREATE TABLE api_token (
  id blob not null primary key,
  account_id blob not null references account (id),
  label text not null,
  purpose text not null,
  created_at integer not null,
  expires_at integer not null,
  revoked_at integer
);

CREATE INDEX api_token_account on api_token (account_id);

CREATE TABLE assessment (
  id blob not null primary key,
  report_id blob not null references report (id),
  made_at integer not null,
  definition text not null,
  body text not null
);

CREATE INDEX assessment_report on assessment (report_id, made_at);

CREATE TABLE assessment_run (
  id blob not null primary key,
  report_id blob not null references report (id),
  made_at integer not null,
  cause text not null,
  engine text not null,
  facts text not null,
  graded text not null,
  found text not null
, withheld text not null default '[]');

CREATE INDEX assessment_run_report on assessment_run (report_id, made_at);

CREATE TABLE audit (
  id blob not null primary key,
  seq bigint unique,
  at integer not null,
  verb text not null,
  action text not null,
  actor_kind text not null,
  actor_id blob,
  object_kind text not null,
  object_id blob,
  event text,
  salt blob,
  commitment blob not null
);

CREATE INDEX audit_object on audit (object_id, id);

CREATE INDEX audit_unsealed on audit (id) where seq is null;

CREATE TABLE board_action (
  id blob not null primary key,
  meeting_id blob not null references board_meeting (id),
  what text not null,
  owner text not null,
  due_on text not null,
  made_at integer not null,
  made_by blob not null references account (id),
  done_on text,
  done_by blob references account (id),
  result text not null
);

CREATE INDEX board_action_meeting on board_action (meeting_id, due_on);

CREATE TABLE board_comment (
  id blob not null primary key,
  item_id blob not null references board_item (id),
  member text not null,
  said text not null,
  at integer not null,
  by_id blob not null references account (id)
);

CREATE INDEX board_comment_item on board_comment (item_id, at);

CREATE TABLE board_item (
  id blob not null primary key,
  meeting_id blob not null references board_meeting (id),
  number bigint not null,
  title text not null,
  wanted text not null,
  paper_id blob references board_paper (id),
  outcome text,
  outcome_text text not null,
  decided_at integer,
  decided_by blob references account (id),
  unique (meeting_id, number)
);

CREATE INDEX board_item_paper on board_item (paper_id);

CREATE TABLE board_meeting (
  id blob not null primary key,
  body_code text not null references body (code),
  on_day text not null,
  at_time text not null,
  place text not null,
  state text not null,
  version bigint not null,
  minutes text not null,
  minutes_state text not null,
  confirmed_on text,
  confirmed_by blob references account (id),
  made_at integer not null,
  made_by blob not null references account (id),
  unique (body_code, on_day, at_time)
);

CREATE INDEX board_meeting_day on board_meeting (on_day);

CREATE TABLE board_paper (
  id blob not null primary key,
  body text not null,
  gsc text not null,
  title text not null,
  decision_reference text,
  waived_at integer,
  waived_by blob references account (id),
  waiver text not null,
  made_at integer not null,
  made_by blob not null references account (id)
);

CREATE INDEX board_paper_decision on board_paper (decision_reference);

CREATE TABLE body (
  code text not null primary key,
  name text not null,
  kind text not null,
  role text not null,
  source text not null,
  valid_from text,
  valid_to text
);

CREATE TABLE case_file (
  id blob not null primary key,
  reference text not null unique,
  title text not null,
  opened_at integer not null,
  opened_by blob not null references account (id),
  decision_id blob not null references decision (id),
  report_id blob not null references report (id),
  state text not null
);

CREATE INDEX case_file_opened on case_file (opened_at, id);

CREATE TABLE case_note (
  id blob not null primary key,
  case_id blob not null references case_file (id),
  written_at integer not null,
  written_by blob not null references account (id),
  text text not null
);

CREATE INDEX case_note_case on case_note (case_id, written_at);

CREATE TABLE challenge_award (
  challenge_id blob not null primary key references entry (id),
  entry_id blob references entry (id),
  item text not null,
  reasons text not null,
  at integer not null,
  by_id blob not null references account (id)
);

CREATE TABLE challenge_conflict (
  entry_id blob not null references entry (id),
  by_id blob not null references account (id),
  challenge_id blob not null references entry (id),
  about text not null,
  at integer not null,
  primary key (entry_id, by_id)
);

CREATE INDEX challenge_conflict_challenge on challenge_conflict (challenge_id);

CREATE TABLE challenge_opening (
  challenge_id blob not null primary key references entry (id),
  version bigint not null,
  opened_at integer not null,
  opened_by blob not null references account (id),
  closed_at integer,
  closed_by blob references account (id)
);

CREATE TABLE challenge_score (
  entry_id blob not null references entry (id),
  by_id blob not null references account (id),
  sheet bigint not null,
  criterion bigint not null,
  challenge_id blob not null references entry (id),
  score bigint not null,
  reason text not null,
  at integer not null,
  primary key (entry_id, by_id, sheet, criterion)
);

CREATE INDEX challenge_score_challenge on challenge_score (challenge_id);

CREATE TABLE challenge_sender (
  entry_id blob not null primary key references entry (id),
  challenge_id blob not null references entry (id),
  sender text not null,
  contact text not null,
  received_at integer not null,
  received_by blob not null references account (id)
);

CREATE INDEX challenge_sender_challenge on challenge_sender (challenge_id);

CREATE TABLE complaint (
  id blob not null primary key,
  reference text not null unique,
  tracking blob not null,
  retry_key blob unique,
  channel text not null,
  entered_by blob references account (id),
  received_at integer not null,
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
  state_at integer not null,
  acknowledge_due integer not null,
  acknowledged_at integer,
  progress_due integer not null,
  answer_due integer not null,
  answered_at integer,
  handler_id blob references account (id),
  reviewer_id blob references account (id),
  finding text,
  reasons text not null default '',
  found_at integer
);

CREATE INDEX complaint_algorithm on complaint (algorithm, algorithm_version);

CREATE INDEX complaint_reviewer on complaint (reviewer_id, state);

CREATE INDEX complaint_state on complaint (state, received_at);

CREATE TABLE complaint_chain (
  complaint_id blob not null references complaint (id),
  account_id blob not null references account (id),
  primary key (complaint_id, account_id)
);

CREATE TABLE complaint_event (
  id blob not null primary key,
  complaint_id blob not null references complaint (id),
  at integer not null,
  by_id blob references account (id),
  what text not null,
  note text not null,
  words text not null
);

CREATE INDEX complaint_event_of on complaint_event (complaint_id, at);

CREATE TABLE complaint_outcome (
  complaint_id blob not null references complaint (id),
  outcome text not null,
  primary key (complaint_id, outcome)
);

CREATE TABLE considered (
  report_id blob not null references report (id),
  definition text not null,
  added_at integer not null,
  added_by blob not null references account (id),
  primary key (report_id, definition)
);

CREATE TABLE correction_notice (
  id blob not null primary key,
  complaint_id blob not null references complaint (id),
  outcome text not null,
  recipient text not null,
  received text not null,
  received_on text not null,
  made_at integer not null,
  due_at integer not null,
  sent_at integer,
  sent_by blob references account (id),
  acknowledged_at integer,
  acknowledged_by blob references account (id)
);

CREATE INDEX correction_notice_due on correction_notice (acknowledged_at, due_at);

CREATE INDEX correction_notice_of on correction_notice (complaint_id, made_at);

CREATE TABLE decision (
  id blob not null primary key,
  report_id blob not null references report (id),
  decided_at integer not null,
  decided_by blob not null references account (id),
  outcome text not null,
  grade text,
  body text not null
, kind text not null default 'report', stance text, floor text, ceiling text, definition text, version text, lower_code text, run_id blob);

CREATE INDEX decision_decided on decision (decided_at);

CREATE INDEX decision_report on decision (report_id, decided_at);

CREATE TABLE decision_file (
  id blob not null primary key,
  report_id blob not null references decision_paper (id),
  title text not null,
  name text not null,
  sha256 text not null,
  size bigint not null,
  publish bigint not null,
  redacted_sha256 text,
  redacted_size bigint,
  added_at integer not null,
  added_by blob not null references account (id)
);

CREATE INDEX decision_file_report on decision_file (report_id, added_at);

CREATE TABLE decision_paper (
  id blob not null primary key,
  reference text not null unique,
  state text not null,
  version bigint not null,
  author_id blob not null references account (id),
  created_at integer not null,
  title text not null,
  gsc text not null,
  body text not null,
  publication text not null,
  notice text,
  published text,
  published_pdf text,
  published_pdf_size bigint,
  published_at integer
);

CREATE INDEX decision_paper_state on decision_paper (state);

CREATE TABLE decision_step (
  id blob not null primary key,
  report_id blob not null references decision_paper (id),
  what text not null,
  from_state text not null,
  to_state text not null,
  on_day text not null,
  at integer not null,
  by_id blob not null references account (id),
  printed text not null,
  capacity text not null,
  reasons text not null
);

CREATE INDEX decision_step_report on decision_step (report_id, at);

CREATE TABLE decision_version (
  report_id blob not null references decision_paper (id),
  number bigint not null,
  at integer not null,
  by_id blob not null references account (id),
  body text not null,
  primary key (report_id, number)
);

CREATE TABLE definition_event (
  id blob not null primary key,
  version_id blob not null references definition_version (id),
  at integer not null,
  by_id blob not null references account (id),
  what text not null,
  reasons text not null,
  body text not null
);

CREATE INDEX definition_event_version on definition_event (version_id, at);

CREATE TABLE definition_version (
  id blob not null primary key,
  definition text not null,
  version text not null,
  digest text not null unique,
  status text not null,
  text text not null,
  taken_up_at integer not null,
  unique (definition, version)
);

CREATE INDEX definition_version_status on definition_version (status);

CREATE TABLE delegation (
  id blob not null primary key,
  from_office text not null,
  to_office text not null,
  scope text not null,
  source text not null,
  valid_from text not null,
  valid_to text,
  made_at integer not null,
  made_by blob not null references account (id)
);

CREATE TABLE entry (
  id blob not null primary key,
  register text not null,
  code text not null,
  title text not null,
  organisation text not null,
  body text not null,
  version bigint not null,
  withdrawn bigint not null default 0,
  changed_at integer not null,
  changed_by blob references account (id),
  unique (register, code)
);

CREATE INDEX entry_organisation on entry (register, organisation);

CREATE TABLE entry_link (
  entry_id blob not null references entry (id),
  field text not null,
  target text not null,
  primary key (entry_id, field, target)
);

CREATE INDEX entry_link_target on entry_link (target);

CREATE TABLE entry_version (
  entry_id blob not null references entry (id),
  version bigint not null,
  title text not null,
  body text not null,
  withdrawn bigint not null,
  at integer not null,
  by_id blob references account (id),
  reason text not null,
  primary key (entry_id, version)
);

CREATE TABLE ethics_advice (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  point text not null,
  advice text not null,
  reasons text not null,
  conditions text not null,
  interest text not null,
  given_at integer not null,
  given_by blob not null references account (id)
);

CREATE INDEX ethics_advice_algorithm on ethics_advice (algorithm_id, point, given_at);

CREATE TABLE ethics_assessment (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  written_at integer not null,
  written_by blob not null references account (id),
  body text not null
);

CREATE INDEX ethics_assessment_algorithm on ethics_assessment (algorithm_id, written_at);

CREATE TABLE ethics_exemption (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  field text not null,
  reasons text not null,
  at integer not null,
  by_id blob not null references account (id)
);

CREATE INDEX ethics_exemption_algorithm on ethics_exemption (algorithm_id, field, at);

CREATE TABLE ethics_lab_report (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  written_at integer not null,
  written_by blob not null references account (id),
  body text not null
);

CREATE INDEX ethics_lab_report_algorithm on ethics_lab_report (algorithm_id, written_at);

CREATE TABLE ethics_minutes (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  point text not null,
  outcome text not null,
  held_on text not null,
  said text not null,
  votes text not null,
  conditions text not null,
  published_at integer not null,
  published_by blob not null references account (id)
);

CREATE INDEX ethics_minutes_algorithm on ethics_minutes (algorithm_id, point, published_at);

CREATE INDEX ethics_minutes_published on ethics_minutes (published_at);

CREATE TABLE ethics_opinion (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  noted_at integer not null,
  noted_by blob not null references account (id),
  given_by text not null,
  given_on text not null,
  said text not null
);

CREATE INDEX ethics_opinion_algorithm on ethics_opinion (algorithm_id, noted_at);

CREATE TABLE ethics_wording (
  id blob not null primary key,
  algorithm_id blob not null references algorithm (id),
  at integer not null,
  by_id blob not null references account (id)
);

CREATE INDEX ethics_wording_algorithm on ethics_wording (algorithm_id, at);

CREATE TABLE evidence_item (
  id blob not null primary key,
  case_id blob not null references case_file (id),
  exhibit text not null,
  description text not null,
  origin text not null,
  file_name text not null,
  media_type text not null,
  detected text,
  sha256 text not null,
  size bigint not null,
  added_at integer not null,
  added_by blob not null references account (id),
  unique (case_id, exhibit)
);

CREATE TABLE fact_said (
  id blob not null primary key,
  report_id blob not null references report (id),
  fact text not null,
  body text not null,
  noted_at integer not null,
  noted_by blob not null references account (id)
);

CREATE INDEX fact_said_report on fact_said (report_id, noted_at);

CREATE TABLE fairness_bounds (
  id blob not null primary key,
  algorithm text not null,
  low double precision not null,
  high double precision not null,
  reasons text not null,
  set_at integer not null,
  set_by blob not null references account (id)
, confirmed_at integer, confirmed_by blob references account (id));

CREATE INDEX fairness_bounds_of on fairness_bounds (algorithm, set_at);

CREATE TABLE fairness_look (
  rows_digest text not null primary key,
  totals text not null,
  at integer not null,
  -- Null for an actor without an account.
  by_id blob references account (id)
);

CREATE INDEX fairness_look_totals on fairness_look (totals);

CREATE TABLE fairness_publication (
  report_id blob not null primary key references fairness_report (id),
  published_at integer not null,
  published_by blob not null references account (id),
  -- Why its rows are of other people than those of a report that is alike; null where none is.
  other_people text,
  withdrawn_at integer,
  withdrawn_by blob references account (id),
  withdrawn_because text
);

CREATE TABLE fairness_report (
  id blob not null primary key,
  algorithm text not null,
  version text not null,
  title text not null,
  made_at integer not null,
  made_by blob not null references account (id),
  bounds_id blob references fairness_bounds (id),
  file_digest text not null,
  body text not null,
  public_body text not null
, rows_digest text, totals text);

CREATE INDEX fairness_report_of on fairness_report (algorithm, made_at);

CREATE TABLE finding_answer (
  id blob not null primary key,
  -- made of what the finding is about, so that it is the same tomorrow
  finding text not null,
  kind text not null,
  -- SHA-256 of what it rested on: while it is the same, the answer holds
  basis text not null,
  said text not null,
  body text not null,
  answer text not null,
  reasons text not null,
  by_id blob not null references account (id),
  at integer not null
);

CREATE INDEX finding_answer_finding on finding_answer (finding, at);

CREATE TABLE invitation (
  id blob not null primary key,
  account_id blob not null references account (id),
  expires_at integer not null,
  used_at integer
);

CREATE TABLE item_assessment (
  id blob not null primary key,
  item text not null,
  strategy text not null,
  version text not null,
  by_id blob not null references account (id),
  at integer not null,
  cause text not null,
  driver text not null,
  why text not null,
  previous_id blob,
  letters text not null,
  guarded text not null,
  body text not null
);

CREATE INDEX item_assessment_item on item_assessment (item, strategy, by_id, at);

CREATE TABLE item_assessment_lift (
  assessment_id blob not null references item_assessment (id),
  element text not null,
  item text not null,
  by_id blob not null references account (id),
  at integer not null,
  reasons text not null,
  primary key (assessment_id, element)
);

CREATE INDEX item_assessment_lift_item on item_assessment_lift (item);

CREATE TABLE item_assessment_standing (
  strategy text not null,
  version text not null,
  item text not null,
  by_id blob not null references account (id),
  assessment_id blob not null references item_assessment (id),
  at integer not null,
  letters text not null,
  primary key (strategy, version, item, by_id)
);

CREATE TABLE job (
  id blob not null primary key,
  kind text not null,
  key text not null unique,
  data text not null,
  run_at integer not null,
  tries bigint not null,
  lease_until integer,
  dead boolean not null,
  error text
);

CREATE INDEX job_due on job (run_at, id) where not dead;

CREATE TABLE landscape_model (
  survey_id blob not null primary key references landscape_survey (id),
  title text not null,
  elements bigint not null,
  relationships bigint not null,
  views bigint not null,
  body text not null
);

CREATE TABLE landscape_survey (
  id blob not null primary key,
  taken_at integer not null,
  taken_by blob references account (id),
  kind text not null,
  file text not null,
  sha256 text not null unique,
  applications bigint not null,
  body text not null
);

CREATE INDEX landscape_survey_taken on landscape_survey (taken_at);

CREATE TABLE ledger_checkpoint (
  size bigint not null primary key,
  at integer not null,
  note text not null
);

CREATE TABLE ledger_head (
  id bigint not null primary key,
  size bigint not null,
  root blob not null
);

CREATE TABLE ledger_tile (
  level bigint not null,
  position bigint not null,
  hashes blob not null,
  primary key (level, position)
);

CREATE TABLE migration (name text not null primary key, applied_at integer not null);

CREATE TABLE outgoing (
  id blob not null primary key,
  channel text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at integer not null,
  sent_at integer
);

CREATE TABLE own_grade (
  report_id blob not null references report (id),
  by_id blob not null references account (id),
  grade text not null,
  at integer not null,
  primary key (report_id, by_id)
);

CREATE TABLE package (
  id blob not null primary key,
  case_id blob not null references case_file (id),
  made_at integer not null,
  made_by blob not null references account (id),
  recipient text not null,
  manifest_sha256 text not null
);

CREATE INDEX package_case on package (case_id, made_at);

CREATE TABLE record (
  id blob not null primary key,
  kind text not null,
  source_id blob references source (id),
  body text not null,
  created_at integer not null
);

CREATE INDEX record_source on record (source_id);

CREATE TABLE record_key (
  key text not null,
  record_id blob not null references record (id),
  primary key (key, record_id)
);

CREATE INDEX record_key_record on record_key (record_id);

CREATE TABLE record_link (
  id blob not null primary key,
  kind text not null,
  from_id blob not null references record (id),
  to_id blob not null references record (id),
  body text not null,
  created_at integer not null
);

CREATE INDEX record_link_from on record_link (from_id);

CREATE INDEX record_link_to on record_link (to_id);

CREATE TABLE report (
  id blob not null primary key references submission (id),
  state text not null,
  priority bigint not null,
  received_at integer not null,
  form text not null,
  reference text not null,
  title text not null,
  floor text,
  ceiling text,
  matches bigint not null,
  version bigint not null,
  case_id blob
, definition text, hidden bigint not null default 0, grade text, graded_at integer, led_by text);

CREATE INDEX report_definition on report (definition, id);

CREATE INDEX report_queue on report (state, priority desc, received_at, id);

CREATE INDEX report_received on report (state, received_at, id);

CREATE TABLE report_record (
  report_id blob not null references report (id),
  record_id blob not null references record (id),
  role text not null,
  primary key (report_id, record_id)
);

CREATE TABLE review (
  id blob not null primary key,
  report_id blob not null references report (id),
  cause text not null,
  detail text not null,
  made_at integer not null,
  made_by blob references account (id),
  due_at integer not null,
  done_at integer,
  done_by blob references account (id),
  decision_id blob references decision (id)
);

CREATE INDEX review_due on review (done_at, due_at);

CREATE INDEX review_report on review (report_id, made_at);

CREATE TABLE session (
  id blob not null primary key,
  kind text not null,
  owner blob,
  value blob not null,
  expires_at integer not null
);

CREATE INDEX session_expiry on session (expires_at);

CREATE INDEX session_owner on session (owner);

CREATE TABLE source (
  id blob not null primary key,
  kind text not null,
  name text not null,
  digest text not null unique,
  row_count bigint not null,
  imported_at integer not null,
  imported_by blob
);

CREATE TABLE strategy_version (
  id blob not null primary key,
  strategy text not null,
  version text not null,
  digest text not null unique,
  text text not null,
  taken_up_at integer not null,
  unique (strategy, version)
);

CREATE TABLE submission (
  id blob not null primary key,
  reference text not null unique,
  tracking blob not null,
  form text not null,
  form_version bigint not null,
  form_digest text not null,
  channel text not null,
  received_at integer not null,
  title text not null,
  body text not null,
  contact_email text,
  retry_key blob unique,
  state text not null,
  state_at integer not null,
  state_note text not null
);

CREATE TABLE suggestion (
  id blob not null primary key,
  report_id blob not null,
  record_id blob not null references record (id),
  candidate_id blob not null references record (id),
  weight double precision not null,
  band text not null,
  body text not null,
  proposed_at integer not null,
  answer text,
  answered_by blob,
  answered_at integer,
  reason text,
  unique (record_id, candidate_id)
);

CREATE INDEX suggestion_report on suggestion (report_id);

CREATE TABLE task (
  id blob not null primary key,
  case_id blob references case_file (id),
  report_id blob not null references report (id),
  title text not null,
  role text not null,
  due_at integer,
  created_at integer not null,
  created_by blob not null references account (id),
  done_at integer,
  done_by blob references account (id),
  result text
);

CREATE INDEX task_case on task (case_id, created_at);

CREATE INDEX task_report on task (report_id, created_at);

CREATE TABLE weight_set (
  id blob not null primary key,
  strategy text not null,
  version text not null,
  decision text not null,
  decided_on text not null,
  weights text not null,
  at integer not null,
  by_id blob not null references account (id)
);

CREATE INDEX weight_set_version on weight_set (strategy, version, decided_on);
