//! Who may do what, for which purpose: policy, staff accounts, sessions.
