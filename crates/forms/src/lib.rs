//! A public form as data: pages, conditions, validation, JSON Schema.
