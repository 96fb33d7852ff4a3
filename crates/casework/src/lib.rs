//! Report to decision to case: queue, assessment, decision, tasks, timeline.
