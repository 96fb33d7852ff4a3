-- Thresholds are proposed by one member of the committee and confirmed by another: until then the old ones hold. Those
-- that were set when setting took one person hold as from the day on which they were set.
alter table fairness_bounds add column confirmed_at {time};
alter table fairness_bounds add column confirmed_by {id} references account (id);
update fairness_bounds set confirmed_at = set_at, confirmed_by = set_by;
