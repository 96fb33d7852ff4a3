//! Work to be done after a commit, enqueued inside it: leased, retried with growing pauses, never lost.

use crate::{Cx, Db, Value, late::NewJob};
use bluelamp_model::{Error, Id, Result, Time};
use serde::Serialize;

/// One claimed job. Whoever holds it must finish or fail it before the lease ends, or another will try.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// What is to be done.
    pub kind: String,
    /// Names the work: the same key is enqueued once while it waits.
    pub key: String,
    /// The arguments, as JSON.
    pub data: String,
    /// How often it was tried, this time included.
    pub tries: i64,
}

/// After so many failures a job is left for a person to look at.
const TRIES: i64 = 8;

impl Cx<'_> {
    /// Enqueues a job that becomes visible when this transaction commits, and not at all if it does not. One that
    /// was given up under the same key is tried anew.
    ///
    /// # Errors
    /// [`Error::Bug`] when the data cannot be written as JSON; database errors.
    pub fn enqueue(&mut self, kind: &str, key: &str, data: &impl Serialize) -> Result<()> {
        let now = self.now();
        self.enqueue_at(kind, key, data, now)
    }

    /// As [`Cx::enqueue`], for work that is not to be done before a given time.
    ///
    /// # Errors
    /// As [`Cx::enqueue`].
    pub fn enqueue_at(&mut self, kind: &str, key: &str, data: &impl Serialize, at: Time) -> Result<()> {
        let data = serde_json::to_string(data).map_err(|e| Error::Bug(e.to_string()))?;
        let id = self.new_id()?;
        let key = format!("{kind}:{key}");
        let row = vec![
            id.into(),
            kind.into(),
            key.as_str().into(),
            data.into(),
            at.into(),
            0_i64.into(),
            false.into(),
        ];
        self.state.late.jobs.push(NewJob { key, row });
        Ok(())
    }

    /// Marks a job as done, in the transaction that did its work.
    ///
    /// # Errors
    /// [`Error::Stale`] when the lease had run out and somebody else finished it: the work is rolled back.
    pub fn finish_job(&mut self, job: &Job) -> Result<()> {
        match self.exec("delete from job where id = $1 and tries = $2", &[job.id.into(), job.tries.into()])? {
            1 => Ok(()),
            _ => Err(Error::Stale(format!("job {} was taken over", job.key))),
        }
    }
}

impl Db {
    /// Claims up to `n` due jobs for `lease_seconds`.
    ///
    /// # Errors
    /// Database errors.
    pub fn claim_jobs(&self, n: u32, lease_seconds: i64) -> Result<Vec<Job>> {
        self.internal(move |cx| {
            let sql = cx.expand(
                "select id, kind, key, data, tries from job
                 where not dead and run_at <= $1 and (lease_until is null or lease_until < $1)
                 order by run_at, id limit $2 {skip_locked}",
            );
            let rows = cx.rows(&sql, &[cx.now().into(), n.into()])?;
            let mut jobs = Vec::with_capacity(rows.len());
            for row in rows {
                let job = Job {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    key: row.get(2)?,
                    data: row.get(3)?,
                    tries: row.get::<i64>(4)? + 1,
                };
                let until = cx.now().plus_seconds(lease_seconds);
                cx.exec(
                    "update job set tries = $1, lease_until = $2 where id = $3",
                    &[job.tries.into(), until.into(), job.id.into()],
                )?;
                jobs.push(job);
            }
            Ok(jobs)
        })
    }

    /// Puts a failed job back for later, or sets it aside after the last try.
    ///
    /// # Errors
    /// Database errors.
    pub fn fail_job(&self, job: &Job, reason: &str) -> Result<()> {
        let (id, tries, reason) = (job.id, job.tries, reason.to_owned());
        self.internal(move |cx| {
            let later = cx.now().plus_seconds(1 << tries.min(10));
            cx.exec(
                "update job set lease_until = null, run_at = $1, dead = $2, error = $3 where id = $4 and tries = $5",
                &[later.into(), (tries >= TRIES).into(), reason.as_str().into(), id.into(), tries.into()],
            )?;
            Ok(())
        })
    }

    /// How many jobs wait, and how many were set aside.
    ///
    /// # Errors
    /// Database errors.
    pub fn job_counts(&self) -> Result<(u64, u64)> {
        self.look(|conn| {
            let rows = conn.rows(
                "select count(*) filter (where not dead), count(*) filter (where dead) from job",
                &[],
            )?;
            let row = rows.first().ok_or_else(|| Error::Bug("a count gave no row".into()))?;
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

/// One message on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its id, which makes a second delivery recognisable.
    pub id: Id,
    /// `email` or `text`.
    pub channel: String,
    /// Address or number.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Body text.
    pub body: String,
    /// When it was put in.
    pub created_at: Time,
}

impl Cx<'_> {
    /// Puts a message into the outbox. It leaves after this transaction commits, at least once.
    ///
    /// # Errors
    /// Database errors.
    pub fn send(&mut self, channel: &str, recipient: &str, subject: &str, body: &str) -> Result<()> {
        let id = self.new_id()?;
        let now = self.now();
        self.insert_late(
            "insert into outgoing (id, channel, recipient, subject, body, created_at) values",
            vec![id.into(), channel.into(), recipient.into(), subject.into(), body.into(), now.into()],
        );
        self.enqueue("send", &id.to_string(), &id)
    }

    /// The message with this id, if it has not been sent yet.
    ///
    /// # Errors
    /// Database errors.
    pub fn unsent(&mut self, id: Id) -> Result<Option<Outgoing>> {
        let row = self.row(
            "select channel, recipient, subject, body, created_at from outgoing where id = $1 and sent_at is null",
            &[id.into()],
        )?;
        row.map(|r| {
            Ok(Outgoing {
                id,
                channel: r.get(0)?,
                recipient: r.get(1)?,
                subject: r.get(2)?,
                body: r.get(3)?,
                created_at: r.get(4)?,
            })
        })
        .transpose()
    }

    /// Notes that a message has left.
    ///
    /// # Errors
    /// Database errors.
    pub fn mark_sent(&mut self, id: Id) -> Result<()> {
        let now: Value = self.now().into();
        self.exec("update outgoing set sent_at = $1 where id = $2", &[now, id.into()])?;
        Ok(())
    }
}
