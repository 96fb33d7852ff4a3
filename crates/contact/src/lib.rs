//! Submissions from every channel, tracking, outgoing messages.
