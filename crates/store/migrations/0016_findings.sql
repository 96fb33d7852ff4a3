-- What people said to findings: gaps, duplicates, conflicts, synergies, quick wins. A finding is worked out anew each time
-- and stands in no table; an answer keeps what it said and what it rested on.

create table finding_answer (
  id {id} not null primary key,
  -- made of what the finding is about, so that it is the same tomorrow
  finding text not null,
  kind text not null,
  -- SHA-256 of what it rested on: while it is the same, the answer holds
  basis text not null,
  said text not null,
  body text not null,
  answer text not null,
  reasons text not null,
  by_id {id} not null references account (id),
  at {time} not null
);
create index finding_answer_finding on finding_answer (finding, at);
