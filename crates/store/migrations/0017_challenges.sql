-- Innovation challenges: what must not lie in a register that everybody of the office reads. What is asked and what is
-- proposed stand there; who sent it, who scored what, and who is not free to score stand here.

-- Opened once: from then on the brief, the criteria and the days are those of that version of the entry.
create table challenge_opening (
  challenge_id {id} not null primary key references entry (id),
  version bigint not null,
  opened_at {time} not null,
  opened_by {id} not null references account (id),
  closed_at {time},
  closed_by {id} references account (id)
);

-- Who sent an entry. Read by nobody before the award is decided.
create table challenge_sender (
  entry_id {id} not null primary key references entry (id),
  challenge_id {id} not null references entry (id),
  sender text not null,
  contact text not null,
  received_at {time} not null,
  received_by {id} not null references account (id)
);
create index challenge_sender_challenge on challenge_sender (challenge_id);

-- One criterion of a sheet. A corrected sheet is another one, numbered; the latest counts.
create table challenge_score (
  entry_id {id} not null references entry (id),
  by_id {id} not null references account (id),
  sheet bigint not null,
  criterion bigint not null,
  challenge_id {id} not null references entry (id),
  score bigint not null,
  reason text not null,
  at {time} not null,
  primary key (entry_id, by_id, sheet, criterion)
);
create index challenge_score_challenge on challenge_score (challenge_id);

-- Somebody who is not free to score an entry, and why.
create table challenge_conflict (
  entry_id {id} not null references entry (id),
  by_id {id} not null references account (id),
  challenge_id {id} not null references entry (id),
  about text not null,
  at {time} not null,
  primary key (entry_id, by_id)
);
create index challenge_conflict_challenge on challenge_conflict (challenge_id);

-- How it ended: with an entry that won, or with none.
create table challenge_award (
  challenge_id {id} not null primary key references entry (id),
  entry_id {id} references entry (id),
  item text not null,
  reasons text not null,
  at {time} not null,
  by_id {id} not null references account (id)
);
