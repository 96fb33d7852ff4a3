-- What the migrations make, for people to read and for a test to compare; the migrations are what is run.
-- Written anew by: BLUELAMP_REGENERATE=1 cargo nextest run -p bluelamp-store schema

create table account (
  id uuid not null,
  username text not null,
  name text not null,
  password text,
  roles text not null,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  failures bigint not null default 0,
  wait_until timestamp with time zone,
  PRIMARY KEY (id),
  UNIQUE (username)
);

create table action_answer (
  id uuid not null,
  decision_id uuid not null,
  report_id uuid not null,
  definition text not null,
  version text not null,
  action text not null,
  must bigint not null,
  answer text not null,
  reason text not null,
  task_id uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (decision_id) REFERENCES decision(id),
  FOREIGN KEY (report_id) REFERENCES report(id),
  FOREIGN KEY (task_id) REFERENCES task(id)
);
CREATE INDEX action_answer_report ON action_answer USING btree (report_id);

create table algorithm (
  id uuid not null,
  kind text not null,
  name text not null,
  version text not null,
  digest text not null,
  title text not null,
  purpose text not null,
  owner text not null,
  accountable text not null,
  registered_at timestamp with time zone not null,
  running bigint not null,
  state text not null,
  since timestamp with time zone not null,
  until_at timestamp with time zone,
  units text not null,
  volume bigint,
  used bigint not null,
  PRIMARY KEY (id),
  UNIQUE (kind, name, digest)
);

create table algorithm_phase (
  id uuid not null,
  algorithm_id uuid not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  was text not null,
  state text not null,
  until_at timestamp with time zone,
  units text not null,
  volume bigint,
  reasons text not null,
  published text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX algorithm_phase_algorithm ON algorithm_phase USING btree (algorithm_id, at);

create table algorithm_switch (
  id uuid not null,
  algorithm text not null,
  is_on bigint not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  reasons text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX algorithm_switch_algorithm ON algorithm_switch USING btree (algorithm, at);

create table api_token (
  id bytea not null,
  account_id uuid not null,
  label text not null,
  purpose text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (account_id) REFERENCES account(id)
);
CREATE INDEX api_token_account ON api_token USING btree (account_id);

create table assessment (
  id uuid not null,
  report_id uuid not null,
  made_at timestamp with time zone not null,
  definition text not null,
  body text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX assessment_report ON assessment USING btree (report_id, made_at);

create table assessment_run (
  id uuid not null,
  report_id uuid not null,
  made_at timestamp with time zone not null,
  cause text not null,
  engine text not null,
  facts text not null,
  graded text not null,
  found text not null,
  withheld text not null default '[]'::text,
  PRIMARY KEY (id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX assessment_run_report ON assessment_run USING btree (report_id, made_at);

create table audit (
  id uuid not null,
  seq bigint,
  at timestamp with time zone not null,
  verb text not null,
  action text not null,
  actor_kind text not null,
  actor_id uuid,
  object_kind text not null,
  object_id uuid,
  event text,
  salt bytea,
  commitment bytea not null,
  PRIMARY KEY (id),
  UNIQUE (seq)
);
CREATE INDEX audit_object ON audit USING btree (object_id, id);
CREATE INDEX audit_unsealed ON audit USING btree (id) WHERE (seq IS NULL);

create table board_action (
  id uuid not null,
  meeting_id uuid not null,
  what text not null,
  owner text not null,
  due_on text not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  done_on text,
  done_by uuid,
  result text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (done_by) REFERENCES account(id),
  FOREIGN KEY (made_by) REFERENCES account(id),
  FOREIGN KEY (meeting_id) REFERENCES board_meeting(id)
);
CREATE INDEX board_action_meeting ON board_action USING btree (meeting_id, due_on);

create table board_comment (
  id uuid not null,
  item_id uuid not null,
  member text not null,
  said text not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (item_id) REFERENCES board_item(id)
);
CREATE INDEX board_comment_item ON board_comment USING btree (item_id, at);

create table board_item (
  id uuid not null,
  meeting_id uuid not null,
  number bigint not null,
  title text not null,
  wanted text not null,
  paper_id uuid,
  outcome text,
  outcome_text text not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (decided_by) REFERENCES account(id),
  FOREIGN KEY (meeting_id) REFERENCES board_meeting(id),
  UNIQUE (meeting_id, number),
  FOREIGN KEY (paper_id) REFERENCES board_paper(id)
);
CREATE INDEX board_item_paper ON board_item USING btree (paper_id);

create table board_meeting (
  id uuid not null,
  body_code text not null,
  on_day text not null,
  at_time text not null,
  place text not null,
  state text not null,
  version bigint not null,
  minutes text not null,
  minutes_state text not null,
  confirmed_on text,
  confirmed_by uuid,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (body_code) REFERENCES body(code),
  UNIQUE (body_code, on_day, at_time),
  FOREIGN KEY (confirmed_by) REFERENCES account(id),
  FOREIGN KEY (made_by) REFERENCES account(id)
);
CREATE INDEX board_meeting_day ON board_meeting USING btree (on_day);

create table board_paper (
  id uuid not null,
  body text not null,
  gsc text not null,
  title text not null,
  decision_reference text,
  waived_at timestamp with time zone,
  waived_by uuid,
  waiver text not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (made_by) REFERENCES account(id),
  FOREIGN KEY (waived_by) REFERENCES account(id)
);
CREATE INDEX board_paper_decision ON board_paper USING btree (decision_reference);

create table body (
  code text not null,
  name text not null,
  kind text not null,
  role text not null,
  source text not null,
  valid_from text,
  valid_to text,
  PRIMARY KEY (code)
);

create table case_file (
  id uuid not null,
  reference text not null,
  title text not null,
  opened_at timestamp with time zone not null,
  opened_by uuid not null,
  decision_id uuid not null,
  report_id uuid not null,
  state text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (decision_id) REFERENCES decision(id),
  FOREIGN KEY (opened_by) REFERENCES account(id),
  UNIQUE (reference),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX case_file_opened ON case_file USING btree (opened_at, id);

create table case_note (
  id uuid not null,
  case_id uuid not null,
  written_at timestamp with time zone not null,
  written_by uuid not null,
  text text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_file(id),
  FOREIGN KEY (written_by) REFERENCES account(id)
);
CREATE INDEX case_note_case ON case_note USING btree (case_id, written_at);

create table challenge_award (
  challenge_id uuid not null,
  entry_id uuid,
  item text not null,
  reasons text not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  PRIMARY KEY (challenge_id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (challenge_id) REFERENCES entry(id),
  FOREIGN KEY (entry_id) REFERENCES entry(id)
);

create table challenge_conflict (
  entry_id uuid not null,
  by_id uuid not null,
  challenge_id uuid not null,
  about text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (entry_id, by_id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (challenge_id) REFERENCES entry(id),
  FOREIGN KEY (entry_id) REFERENCES entry(id)
);
CREATE INDEX challenge_conflict_challenge ON challenge_conflict USING btree (challenge_id);

create table challenge_opening (
  challenge_id uuid not null,
  version bigint not null,
  opened_at timestamp with time zone not null,
  opened_by uuid not null,
  closed_at timestamp with time zone,
  closed_by uuid,
  PRIMARY KEY (challenge_id),
  FOREIGN KEY (challenge_id) REFERENCES entry(id),
  FOREIGN KEY (closed_by) REFERENCES account(id),
  FOREIGN KEY (opened_by) REFERENCES account(id)
);

create table challenge_score (
  entry_id uuid not null,
  by_id uuid not null,
  sheet bigint not null,
  criterion bigint not null,
  challenge_id uuid not null,
  score bigint not null,
  reason text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (entry_id, by_id, sheet, criterion),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (challenge_id) REFERENCES entry(id),
  FOREIGN KEY (entry_id) REFERENCES entry(id)
);
CREATE INDEX challenge_score_challenge ON challenge_score USING btree (challenge_id);

create table challenge_sender (
  entry_id uuid not null,
  challenge_id uuid not null,
  sender text not null,
  contact text not null,
  received_at timestamp with time zone not null,
  received_by uuid not null,
  PRIMARY KEY (entry_id),
  FOREIGN KEY (challenge_id) REFERENCES entry(id),
  FOREIGN KEY (entry_id) REFERENCES entry(id),
  FOREIGN KEY (received_by) REFERENCES account(id)
);
CREATE INDEX challenge_sender_challenge ON challenge_sender USING btree (challenge_id);

create table complaint (
  id uuid not null,
  reference text not null,
  tracking bytea not null,
  retry_key bytea,
  channel text not null,
  entered_by uuid,
  received_at timestamp with time zone not null,
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
  state_at timestamp with time zone not null,
  acknowledge_due timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  progress_due timestamp with time zone not null,
  answer_due timestamp with time zone not null,
  answered_at timestamp with time zone,
  handler_id uuid,
  reviewer_id uuid,
  finding text,
  reasons text not null default ''::text,
  found_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (entered_by) REFERENCES account(id),
  FOREIGN KEY (handler_id) REFERENCES account(id),
  UNIQUE (reference),
  UNIQUE (retry_key),
  FOREIGN KEY (reviewer_id) REFERENCES account(id)
);
CREATE INDEX complaint_algorithm ON complaint USING btree (algorithm, algorithm_version);
CREATE INDEX complaint_reviewer ON complaint USING btree (reviewer_id, state);
CREATE INDEX complaint_state ON complaint USING btree (state, received_at);

create table complaint_chain (
  complaint_id uuid not null,
  account_id uuid not null,
  PRIMARY KEY (complaint_id, account_id),
  FOREIGN KEY (account_id) REFERENCES account(id),
  FOREIGN KEY (complaint_id) REFERENCES complaint(id)
);

create table complaint_event (
  id uuid not null,
  complaint_id uuid not null,
  at timestamp with time zone not null,
  by_id uuid,
  what text not null,
  note text not null,
  words text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (complaint_id) REFERENCES complaint(id)
);
CREATE INDEX complaint_event_of ON complaint_event USING btree (complaint_id, at);

create table complaint_outcome (
  complaint_id uuid not null,
  outcome text not null,
  PRIMARY KEY (complaint_id, outcome),
  FOREIGN KEY (complaint_id) REFERENCES complaint(id)
);

create table considered (
  report_id uuid not null,
  definition text not null,
  added_at timestamp with time zone not null,
  added_by uuid not null,
  PRIMARY KEY (report_id, definition),
  FOREIGN KEY (added_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);

create table correction_notice (
  id uuid not null,
  complaint_id uuid not null,
  outcome text not null,
  recipient text not null,
  received text not null,
  received_on text not null,
  made_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  sent_by uuid,
  acknowledged_at timestamp with time zone,
  acknowledged_by uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (acknowledged_by) REFERENCES account(id),
  FOREIGN KEY (complaint_id) REFERENCES complaint(id),
  FOREIGN KEY (sent_by) REFERENCES account(id)
);
CREATE INDEX correction_notice_due ON correction_notice USING btree (acknowledged_at, due_at);
CREATE INDEX correction_notice_of ON correction_notice USING btree (complaint_id, made_at);

create table decision (
  id uuid not null,
  report_id uuid not null,
  decided_at timestamp with time zone not null,
  decided_by uuid not null,
  outcome text not null,
  grade text,
  body text not null,
  kind text not null default 'report'::text,
  stance text,
  floor text,
  ceiling text,
  definition text,
  version text,
  lower_code text,
  run_id uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (decided_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX decision_decided ON decision USING btree (decided_at);
CREATE INDEX decision_report ON decision USING btree (report_id, decided_at);

create table decision_file (
  id uuid not null,
  report_id uuid not null,
  title text not null,
  name text not null,
  sha256 text not null,
  size bigint not null,
  publish bigint not null,
  redacted_sha256 text,
  redacted_size bigint,
  added_at timestamp with time zone not null,
  added_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (added_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES decision_paper(id)
);
CREATE INDEX decision_file_report ON decision_file USING btree (report_id, added_at);

create table decision_paper (
  id uuid not null,
  reference text not null,
  state text not null,
  version bigint not null,
  author_id uuid not null,
  created_at timestamp with time zone not null,
  title text not null,
  gsc text not null,
  body text not null,
  publication text not null,
  notice text,
  published text,
  published_pdf text,
  published_pdf_size bigint,
  published_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (author_id) REFERENCES account(id),
  UNIQUE (reference)
);
CREATE INDEX decision_paper_state ON decision_paper USING btree (state);

create table decision_step (
  id uuid not null,
  report_id uuid not null,
  what text not null,
  from_state text not null,
  to_state text not null,
  on_day text not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  printed text not null,
  capacity text not null,
  reasons text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES decision_paper(id)
);
CREATE INDEX decision_step_report ON decision_step USING btree (report_id, at);

create table decision_version (
  report_id uuid not null,
  number bigint not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  body text not null,
  PRIMARY KEY (report_id, number),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES decision_paper(id)
);

create table definition_event (
  id uuid not null,
  version_id uuid not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  what text not null,
  reasons text not null,
  body text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (version_id) REFERENCES definition_version(id)
);
CREATE INDEX definition_event_version ON definition_event USING btree (version_id, at);

create table definition_version (
  id uuid not null,
  definition text not null,
  version text not null,
  digest text not null,
  status text not null,
  text text not null,
  taken_up_at timestamp with time zone not null,
  PRIMARY KEY (id),
  UNIQUE (definition, version),
  UNIQUE (digest)
);
CREATE INDEX definition_version_status ON definition_version USING btree (status);

create table delegation (
  id uuid not null,
  from_office text not null,
  to_office text not null,
  scope text not null,
  source text not null,
  valid_from text not null,
  valid_to text,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (made_by) REFERENCES account(id)
);

create table entry (
  id uuid not null,
  register text not null,
  code text not null,
  title text not null,
  organisation text not null,
  body text not null,
  version bigint not null,
  withdrawn bigint not null default 0,
  changed_at timestamp with time zone not null,
  changed_by uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (changed_by) REFERENCES account(id),
  UNIQUE (register, code)
);
CREATE INDEX entry_organisation ON entry USING btree (register, organisation);

create table entry_link (
  entry_id uuid not null,
  field text not null,
  target text not null,
  PRIMARY KEY (entry_id, field, target),
  FOREIGN KEY (entry_id) REFERENCES entry(id)
);
CREATE INDEX entry_link_target ON entry_link USING btree (target);

create table entry_version (
  entry_id uuid not null,
  version bigint not null,
  title text not null,
  body text not null,
  withdrawn bigint not null,
  at timestamp with time zone not null,
  by_id uuid,
  reason text not null,
  PRIMARY KEY (entry_id, version),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (entry_id) REFERENCES entry(id)
);

create table ethics_advice (
  id uuid not null,
  algorithm_id uuid not null,
  point text not null,
  advice text not null,
  reasons text not null,
  conditions text not null,
  interest text not null,
  given_at timestamp with time zone not null,
  given_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (given_by) REFERENCES account(id)
);
CREATE INDEX ethics_advice_algorithm ON ethics_advice USING btree (algorithm_id, point, given_at);

create table ethics_assessment (
  id uuid not null,
  algorithm_id uuid not null,
  written_at timestamp with time zone not null,
  written_by uuid not null,
  body text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (written_by) REFERENCES account(id)
);
CREATE INDEX ethics_assessment_algorithm ON ethics_assessment USING btree (algorithm_id, written_at);

create table ethics_exemption (
  id uuid not null,
  algorithm_id uuid not null,
  field text not null,
  reasons text not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX ethics_exemption_algorithm ON ethics_exemption USING btree (algorithm_id, field, at);

create table ethics_lab_report (
  id uuid not null,
  algorithm_id uuid not null,
  written_at timestamp with time zone not null,
  written_by uuid not null,
  body text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (written_by) REFERENCES account(id)
);
CREATE INDEX ethics_lab_report_algorithm ON ethics_lab_report USING btree (algorithm_id, written_at);

create table ethics_minutes (
  id uuid not null,
  algorithm_id uuid not null,
  point text not null,
  outcome text not null,
  held_on text not null,
  said text not null,
  votes text not null,
  conditions text not null,
  published_at timestamp with time zone not null,
  published_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (published_by) REFERENCES account(id)
);
CREATE INDEX ethics_minutes_algorithm ON ethics_minutes USING btree (algorithm_id, point, published_at);
CREATE INDEX ethics_minutes_published ON ethics_minutes USING btree (published_at);

create table ethics_opinion (
  id uuid not null,
  algorithm_id uuid not null,
  noted_at timestamp with time zone not null,
  noted_by uuid not null,
  given_by text not null,
  given_on text not null,
  said text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (noted_by) REFERENCES account(id)
);
CREATE INDEX ethics_opinion_algorithm ON ethics_opinion USING btree (algorithm_id, noted_at);

create table ethics_wording (
  id uuid not null,
  algorithm_id uuid not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (algorithm_id) REFERENCES algorithm(id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX ethics_wording_algorithm ON ethics_wording USING btree (algorithm_id, at);

create table evidence_item (
  id uuid not null,
  case_id uuid not null,
  exhibit text not null,
  description text not null,
  origin text not null,
  file_name text not null,
  media_type text not null,
  detected text,
  sha256 text not null,
  size bigint not null,
  added_at timestamp with time zone not null,
  added_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (added_by) REFERENCES account(id),
  UNIQUE (case_id, exhibit),
  FOREIGN KEY (case_id) REFERENCES case_file(id)
);

create table fact_said (
  id uuid not null,
  report_id uuid not null,
  fact text not null,
  body text not null,
  noted_at timestamp with time zone not null,
  noted_by uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (noted_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX fact_said_report ON fact_said USING btree (report_id, noted_at);

create table fairness_bounds (
  id uuid not null,
  algorithm text not null,
  low double precision not null,
  high double precision not null,
  reasons text not null,
  set_at timestamp with time zone not null,
  set_by uuid not null,
  confirmed_at timestamp with time zone,
  confirmed_by uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (confirmed_by) REFERENCES account(id),
  FOREIGN KEY (set_by) REFERENCES account(id)
);
CREATE INDEX fairness_bounds_of ON fairness_bounds USING btree (algorithm, set_at);

create table fairness_look (
  rows_digest text not null,
  totals text not null,
  at timestamp with time zone not null,
  by_id uuid,
  PRIMARY KEY (rows_digest),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX fairness_look_totals ON fairness_look USING btree (totals);

create table fairness_publication (
  report_id uuid not null,
  published_at timestamp with time zone not null,
  published_by uuid not null,
  other_people text,
  withdrawn_at timestamp with time zone,
  withdrawn_by uuid,
  withdrawn_because text,
  PRIMARY KEY (report_id),
  FOREIGN KEY (published_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES fairness_report(id),
  FOREIGN KEY (withdrawn_by) REFERENCES account(id)
);

create table fairness_report (
  id uuid not null,
  algorithm text not null,
  version text not null,
  title text not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  bounds_id uuid,
  file_digest text not null,
  body text not null,
  public_body text not null,
  rows_digest text,
  totals text,
  PRIMARY KEY (id),
  FOREIGN KEY (bounds_id) REFERENCES fairness_bounds(id),
  FOREIGN KEY (made_by) REFERENCES account(id)
);
CREATE INDEX fairness_report_of ON fairness_report USING btree (algorithm, made_at);

create table finding_answer (
  id uuid not null,
  finding text not null,
  kind text not null,
  basis text not null,
  said text not null,
  body text not null,
  answer text not null,
  reasons text not null,
  by_id uuid not null,
  at timestamp with time zone not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX finding_answer_finding ON finding_answer USING btree (finding, at);

create table invitation (
  id bytea not null,
  account_id uuid not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (account_id) REFERENCES account(id)
);

create table item_assessment (
  id uuid not null,
  item text not null,
  strategy text not null,
  version text not null,
  by_id uuid not null,
  at timestamp with time zone not null,
  cause text not null,
  driver text not null,
  why text not null,
  previous_id uuid,
  letters text not null,
  guarded text not null,
  body text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX item_assessment_item ON item_assessment USING btree (item, strategy, by_id, at);

create table item_assessment_lift (
  assessment_id uuid not null,
  element text not null,
  item text not null,
  by_id uuid not null,
  at timestamp with time zone not null,
  reasons text not null,
  PRIMARY KEY (assessment_id, element),
  FOREIGN KEY (assessment_id) REFERENCES item_assessment(id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX item_assessment_lift_item ON item_assessment_lift USING btree (item);

create table item_assessment_standing (
  strategy text not null,
  version text not null,
  item text not null,
  by_id uuid not null,
  assessment_id uuid not null,
  at timestamp with time zone not null,
  letters text not null,
  PRIMARY KEY (strategy, version, item, by_id),
  FOREIGN KEY (assessment_id) REFERENCES item_assessment(id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);

create table job (
  id uuid not null,
  kind text not null,
  key text not null,
  data text not null,
  run_at timestamp with time zone not null,
  tries bigint not null,
  lease_until timestamp with time zone,
  dead boolean not null,
  error text,
  PRIMARY KEY (id),
  UNIQUE (key)
);
CREATE INDEX job_due ON job USING btree (run_at, id) WHERE (NOT dead);

create table landscape_model (
  survey_id uuid not null,
  title text not null,
  elements bigint not null,
  relationships bigint not null,
  views bigint not null,
  body text not null,
  PRIMARY KEY (survey_id),
  FOREIGN KEY (survey_id) REFERENCES landscape_survey(id)
);

create table landscape_survey (
  id uuid not null,
  taken_at timestamp with time zone not null,
  taken_by uuid,
  kind text not null,
  file text not null,
  sha256 text not null,
  applications bigint not null,
  body text not null,
  PRIMARY KEY (id),
  UNIQUE (sha256),
  FOREIGN KEY (taken_by) REFERENCES account(id)
);
CREATE INDEX landscape_survey_taken ON landscape_survey USING btree (taken_at);

create table ledger_checkpoint (
  size bigint not null,
  at timestamp with time zone not null,
  note text not null,
  PRIMARY KEY (size)
);

create table ledger_head (
  id bigint not null,
  size bigint not null,
  root bytea not null,
  PRIMARY KEY (id)
);

create table ledger_tile (
  level bigint not null,
  position bigint not null,
  hashes bytea not null,
  PRIMARY KEY (level, "position")
);

create table migration (
  name text not null,
  applied_at timestamp with time zone not null,
  PRIMARY KEY (name)
);

create table outgoing (
  id uuid not null,
  channel text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  PRIMARY KEY (id)
);

create table own_grade (
  report_id uuid not null,
  by_id uuid not null,
  grade text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (report_id, by_id),
  FOREIGN KEY (by_id) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);

create table package (
  id uuid not null,
  case_id uuid not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  recipient text not null,
  manifest_sha256 text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_file(id),
  FOREIGN KEY (made_by) REFERENCES account(id)
);
CREATE INDEX package_case ON package USING btree (case_id, made_at);

create table record (
  id uuid not null,
  kind text not null,
  source_id uuid,
  body text not null,
  created_at timestamp with time zone not null,
  PRIMARY KEY (id),
  FOREIGN KEY (source_id) REFERENCES source(id)
);
CREATE INDEX record_source ON record USING btree (source_id);

create table record_key (
  key text not null,
  record_id uuid not null,
  PRIMARY KEY (key, record_id),
  FOREIGN KEY (record_id) REFERENCES record(id)
);
CREATE INDEX record_key_record ON record_key USING btree (record_id);

create table record_link (
  id uuid not null,
  kind text not null,
  from_id uuid not null,
  to_id uuid not null,
  body text not null,
  created_at timestamp with time zone not null,
  PRIMARY KEY (id),
  FOREIGN KEY (from_id) REFERENCES record(id),
  FOREIGN KEY (to_id) REFERENCES record(id)
);
CREATE INDEX record_link_from ON record_link USING btree (from_id);
CREATE INDEX record_link_to ON record_link USING btree (to_id);

create table report (
  id uuid not null,
  state text not null,
  priority bigint not null,
  received_at timestamp with time zone not null,
  form text not null,
  reference text not null,
  title text not null,
  floor text,
  ceiling text,
  matches bigint not null,
  version bigint not null,
  case_id uuid,
  definition text,
  hidden bigint not null default 0,
  grade text,
  graded_at timestamp with time zone,
  led_by text,
  PRIMARY KEY (id),
  FOREIGN KEY (id) REFERENCES submission(id)
);
CREATE INDEX report_definition ON report USING btree (definition, id);
CREATE INDEX report_queue ON report USING btree (state, priority DESC, received_at, id);
CREATE INDEX report_received ON report USING btree (state, received_at, id);

create table report_record (
  report_id uuid not null,
  record_id uuid not null,
  role text not null,
  PRIMARY KEY (report_id, record_id),
  FOREIGN KEY (record_id) REFERENCES record(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);

create table review (
  id uuid not null,
  report_id uuid not null,
  cause text not null,
  detail text not null,
  made_at timestamp with time zone not null,
  made_by uuid,
  due_at timestamp with time zone not null,
  done_at timestamp with time zone,
  done_by uuid,
  decision_id uuid,
  PRIMARY KEY (id),
  FOREIGN KEY (decision_id) REFERENCES decision(id),
  FOREIGN KEY (done_by) REFERENCES account(id),
  FOREIGN KEY (made_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX review_due ON review USING btree (done_at, due_at);
CREATE INDEX review_report ON review USING btree (report_id, made_at);

create table session (
  id bytea not null,
  kind text not null,
  owner uuid,
  value bytea not null,
  expires_at timestamp with time zone not null,
  PRIMARY KEY (id)
);
CREATE INDEX session_expiry ON session USING btree (expires_at);
CREATE INDEX session_owner ON session USING btree (owner);

create table source (
  id uuid not null,
  kind text not null,
  name text not null,
  digest text not null,
  row_count bigint not null,
  imported_at timestamp with time zone not null,
  imported_by uuid,
  PRIMARY KEY (id),
  UNIQUE (digest)
);

create table strategy_version (
  id uuid not null,
  strategy text not null,
  version text not null,
  digest text not null,
  text text not null,
  taken_up_at timestamp with time zone not null,
  PRIMARY KEY (id),
  UNIQUE (digest),
  UNIQUE (strategy, version)
);

create table submission (
  id uuid not null,
  reference text not null,
  tracking bytea not null,
  form text not null,
  form_version bigint not null,
  form_digest text not null,
  channel text not null,
  received_at timestamp with time zone not null,
  title text not null,
  body text not null,
  contact_email text,
  retry_key bytea,
  state text not null,
  state_at timestamp with time zone not null,
  state_note text not null,
  PRIMARY KEY (id),
  UNIQUE (reference),
  UNIQUE (retry_key)
);

create table suggestion (
  id uuid not null,
  report_id uuid not null,
  record_id uuid not null,
  candidate_id uuid not null,
  weight double precision not null,
  band text not null,
  body text not null,
  proposed_at timestamp with time zone not null,
  answer text,
  answered_by uuid,
  answered_at timestamp with time zone,
  reason text,
  PRIMARY KEY (id),
  FOREIGN KEY (candidate_id) REFERENCES record(id),
  UNIQUE (record_id, candidate_id),
  FOREIGN KEY (record_id) REFERENCES record(id)
);
CREATE INDEX suggestion_report ON suggestion USING btree (report_id);

create table task (
  id uuid not null,
  case_id uuid,
  report_id uuid not null,
  title text not null,
  role text not null,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  done_at timestamp with time zone,
  done_by uuid,
  result text,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_file(id),
  FOREIGN KEY (created_by) REFERENCES account(id),
  FOREIGN KEY (done_by) REFERENCES account(id),
  FOREIGN KEY (report_id) REFERENCES report(id)
);
CREATE INDEX task_case ON task USING btree (case_id, created_at);
CREATE INDEX task_report ON task USING btree (report_id, created_at);

create table weight_set (
  id uuid not null,
  strategy text not null,
  version text not null,
  decision text not null,
  decided_on text not null,
  weights text not null,
  at timestamp with time zone not null,
  by_id uuid not null,
  PRIMARY KEY (id),
  FOREIGN KEY (by_id) REFERENCES account(id)
);
CREATE INDEX weight_set_version ON weight_set USING btree (strategy, version, decided_on);
