-- The registers of the programme office: what is written down of items, risks, benefits, applications, suppliers, skills.
-- What the fields of a register are is the steward's business; here an entry is kept whole, with every version of it.

create table entry (
  id {id} not null primary key,
  register text not null,
  code text not null,
  title text not null,
  organisation text not null,
  body text not null,
  version bigint not null,
  withdrawn bigint not null default 0,
  changed_at {time} not null,
  changed_by {id} references account (id),
  unique (register, code)
);
create index entry_organisation on entry (register, organisation);

-- Every version, the current one too.
create table entry_version (
  entry_id {id} not null references entry (id),
  version bigint not null,
  title text not null,
  body text not null,
  withdrawn bigint not null,
  at {time} not null,
  by_id {id} references account (id),
  reason text not null,
  primary key (entry_id, version)
);

-- What the current version of an entry points at: `register:code`, `element:strategy:id`, `algorithm:name`.
create table entry_link (
  entry_id {id} not null references entry (id),
  field text not null,
  target text not null,
  primary key (entry_id, field, target)
);
create index entry_link_target on entry_link (target);
