//! Pages for the public and for staff, and the JSON API.
