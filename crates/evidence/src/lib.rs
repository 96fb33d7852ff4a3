//! Evidence items, custody, and the package that proves itself.
