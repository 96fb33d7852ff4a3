-- Which rows a fairness report is of, however their file is written, and when the figures of rows were first looked at:
-- thresholds that are set after somebody has seen the figures are told to be so. Of reports that were kept before it is not
-- known.
alter table fairness_report add column rows_digest text;
-- How many were proposed and came about, proposed and not, not proposed and came about, neither.
alter table fairness_report add column totals text;
create table fairness_look (
  rows_digest text not null primary key,
  totals text not null,
  at {time} not null,
  -- Null for an actor without an account.
  by_id {id} references account (id)
);
create index fairness_look_totals on fairness_look (totals);
