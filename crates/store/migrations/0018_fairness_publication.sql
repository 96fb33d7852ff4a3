-- A fairness report is published by somebody else than who made it, and can be withdrawn. What was published when keeping
-- was publishing stays so, as done by who made it.
create table fairness_publication (
  report_id {id} not null primary key references fairness_report (id),
  published_at {time} not null,
  published_by {id} not null references account (id),
  -- Why its rows are of other people than those of a report that is alike; null where none is.
  other_people text,
  withdrawn_at {time},
  withdrawn_by {id} references account (id),
  withdrawn_because text
);
insert into fairness_publication (report_id, published_at, published_by) select id, made_at, made_by from fairness_report;
