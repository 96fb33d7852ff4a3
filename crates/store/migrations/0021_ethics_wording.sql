-- What is written for a transparency record is public from the day on which somebody else let it out: by a step, or by this.
create table ethics_wording (
  id {id} not null primary key,
  algorithm_id {id} not null references algorithm (id),
  at {time} not null,
  by_id {id} not null references account (id)
);
create index ethics_wording_algorithm on ethics_wording (algorithm_id, at);
