-- What people found of an item against a version of a strategy. An assessment is never changed: whoever looks again
-- writes another, with the reason.

-- One assessor's assessment of one item. `letters` has a letter for each element in the version's own order, so that a
-- matrix never reads a sentence; `body` has the sentences. `guarded` names the elements that bar the item's way, each
-- with the assessment in which that was first said.
create table item_assessment (
  id {id} not null primary key,
  item text not null,
  strategy text not null,
  version text not null,
  by_id {id} not null references account (id),
  at {time} not null,
  cause text not null,
  driver text not null,
  why text not null,
  previous_id {id},
  letters text not null,
  guarded text not null,
  body text not null
);
create index item_assessment_item on item_assessment (item, strategy, by_id, at);

-- The assessment of each assessor that counts: the latest against that version.
create table item_assessment_standing (
  strategy text not null,
  version text not null,
  item text not null,
  by_id {id} not null references account (id),
  assessment_id {id} not null references item_assessment (id),
  at {time} not null,
  letters text not null,
  primary key (strategy, version, item, by_id)
);

-- What an accountable person said to an element that works against a principle of ethics.
create table item_assessment_lift (
  assessment_id {id} not null references item_assessment (id),
  element text not null,
  item text not null,
  by_id {id} not null references account (id),
  at {time} not null,
  reasons text not null,
  primary key (assessment_id, element)
);
create index item_assessment_lift_item on item_assessment_lift (item);

-- How much each element weighs, by decision of a board. What is not named weighs 1.
create table weight_set (
  id {id} not null primary key,
  strategy text not null,
  version text not null,
  decision text not null,
  decided_on text not null,
  weights text not null,
  at {time} not null,
  by_id {id} not null references account (id)
);
create index weight_set_version on weight_set (strategy, version, decided_on);
