//! The one abstraction of the house: an open transaction with who, why, when and chance.

use crate::{
    audit::{Entry, Note},
    engine::{Conn, Engine, Failure},
    late::{Late, insert_rows},
    value::{Row, Value},
};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Ask, Verb, Verdict},
};
use sha2::{Digest, Sha256};

/// The decision point of `access`, as the store calls it.
pub type Policy = dyn Fn(&Actor, &Ask) -> Verdict + Send + Sync;

/// Where random bytes come from.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The operating system.
    System,
    /// A seed and a counter: the same bytes on every run, for tests and the demonstration's people.
    Seeded([u8; 32], u64),
}

impl Entropy {
    /// A stream of its own, so that threads do not draw from one another's.
    pub(crate) fn fork(&self, n: u64) -> Self {
        match self {
            Self::System => Self::System,
            Self::Seeded(seed, _) => Self::Seeded(
                Sha256::new()
                    .chain_update(seed)
                    .chain_update(b"fork")
                    .chain_update(n.to_be_bytes())
                    .finalize()
                    .into(),
                0,
            ),
        }
    }

    /// A new stream for one use, advancing this one.
    pub(crate) fn split(&mut self) -> Self {
        match self {
            Self::System => Self::System,
            Self::Seeded(_, counter) => {
                *counter += 1;
                let n = *counter;
                self.fork(n)
            }
        }
    }

    pub(crate) fn fill(&mut self, out: &mut [u8]) -> Result<()> {
        match self {
            Self::System => getrandom::fill(out)
                .map_err(|e| Error::Unavailable(format!("no randomness from the system: {e}"))),
            Self::Seeded(seed, counter) => {
                for block in out.chunks_mut(32) {
                    *counter += 1;
                    let bytes =
                        Sha256::new().chain_update(*seed).chain_update(counter.to_be_bytes()).finalize();
                    block.copy_from_slice(&bytes[..block.len()]);
                }
                Ok(())
            }
        }
    }
}

/// An open transaction with its actor, purpose, time and randomness.
///
/// It commits only what the policy allowed and what left an audit entry. A closure that is given a `Cx` may
/// be run more than once, so it touches nothing outside it.
pub struct Cx<'a> {
    conn: &'a mut Conn,
    actor: &'a Actor,
    now: Time,
    entropy: &'a mut Entropy,
    policy: &'a Policy,
    pub(crate) state: State,
}

/// What the policy refused.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub action: &'static str,
    pub object: Option<Id>,
    pub rule: String,
}

/// What happened in a context so far.
#[derive(Default)]
pub(crate) struct State {
    /// The last action asked for and the rule that answered.
    asked: Option<(&'static str, String)>,
    allowed: bool,
    pub(crate) late: Late,
    pub(crate) refused: Option<Refused>,
    pub(crate) retry: bool,
    /// A statement failed: whatever the closure makes of it, the transaction is lost.
    failed: bool,
    exempt: bool,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(
        conn: &'a mut Conn,
        actor: &'a Actor,
        now: Time,
        entropy: &'a mut Entropy,
        policy: &'a Policy,
    ) -> Self {
        Self { conn, actor, now, entropy, policy, state: State::default() }
    }

    /// Who is acting.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    /// When this transaction takes place.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Which engine runs: for health checks and tests, never for choosing a statement.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.conn.engine()
    }

    /// A new identifier at this transaction's time.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system gives no randomness.
    pub fn new_id(&mut self) -> Result<Id> {
        Ok(Id::new(self.now, self.random()?))
    }

    /// Random bytes.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system gives none.
    pub fn random<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        self.entropy.fill(&mut out)?;
        Ok(out)
    }

    /// Asks the policy whether the actor may do this. Every transaction asks at least once.
    ///
    /// # Errors
    /// [`Error::Forbidden`] with the rule that refused; the refusal is logged.
    pub fn allow(&mut self, action: &'static str, object: Option<Id>) -> Result<()> {
        let verdict = (self.policy)(self.actor, &Ask { action, object });
        if verdict.allowed {
            self.state.allowed = true;
            self.state.asked = Some((action, verdict.rule));
            return Ok(());
        }
        let reason = format!(
            "{} may not do '{action}' for the purpose '{}' (rule {})",
            if self.actor.roles.is_empty() {
                self.actor.kind.code().to_owned()
            } else {
                self.actor.roles.join(", ")
            },
            self.actor.purpose,
            verdict.rule
        );
        self.state.refused = Some(Refused { action, object, rule: verdict.rule });
        Err(Error::Forbidden { reason })
    }

    /// Whether the policy would allow it, for what is shown less of where it would not. Nothing is refused by this, so
    /// nothing is logged; and it is no leave: [`Self::allow`] is.
    #[must_use]
    pub fn would_allow(&self, action: &'static str, object: Option<Id>) -> bool {
        (self.policy)(self.actor, &Ask { action, object }).allowed
    }

    /// Waits until no other open transaction holds this turn, and holds it to the end of this one. For what must
    /// be true of a whole table, such as that it is empty: PostgreSQL writes side by side.
    ///
    /// # Errors
    /// Database errors.
    pub fn take_turn(&mut self, turn: &str) -> Result<()> {
        let done = match self.conn.engine() {
            Engine::Sqlite => return Ok(()), // one writer by nature
            Engine::Postgres => {
                self.conn.rows("select pg_advisory_xact_lock(hashtextextended($1, 0))", &[turn.into()])
            }
        };
        self.checked(done.map(drop))
    }

    /// Leaves an audit entry about one object, under the action that was last allowed.
    ///
    /// `detail` holds counts, digests and codes, never personal data.
    ///
    /// # Errors
    /// [`Error::Bug`] when nothing was allowed yet.
    pub fn record(
        &mut self,
        verb: Verb,
        object_kind: &str,
        object: Option<Id>,
        detail: serde_json::Value,
    ) -> Result<()> {
        let Some((action, rule)) = self.state.asked.clone() else {
            return Err(Error::Bug(format!("{object_kind} was recorded before anything was allowed")));
        };
        let entry = self.entry(Note { verb, action, rule: &rule, object_kind, object, detail })?;
        self.state.late.entries.push(entry);
        Ok(())
    }

    pub(crate) fn entry(&mut self, note: Note<'_>) -> Result<Entry> {
        // A counter in the twelve bits below the time (RFC 9562, section 6.2, method 1) keeps the entries of one
        // transaction in their order.
        let mut random = self.random::<10>()?;
        let n = self.state.late.entries.len().min(0xfff);
        random[0] = u8::try_from(n >> 8).unwrap_or(0x0f);
        random[1] = u8::try_from(n & 0xff).unwrap_or(0xff);
        let id = Id::new(self.now, random);
        let salt = self.random()?;
        Ok(Entry::new(id, salt, self.now, self.actor, note))
    }

    /// Changes rows and says how many.
    ///
    /// # Errors
    /// [`Error::Conflict`] for a violated constraint, [`Error::Unavailable`] or [`Error::Bug`] otherwise. After
    /// an error the transaction is lost: do not go on with it.
    pub fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        let done = self.conn.exec(sql, args);
        self.checked(done)
    }

    /// Inserts many rows with few statements. `insert` ends with `values`; the values follow.
    ///
    /// # Errors
    /// As [`Cx::exec`].
    pub fn insert_rows(&mut self, insert: &str, rows: Vec<Vec<Value>>, suffix: &str) -> Result<()> {
        let done = insert_rows(self.conn, insert, rows, suffix);
        self.checked(done)
    }

    /// Inserts a row at the end of the transaction, together with those of everybody who shares its commit. Nothing
    /// that runs before can see it. What it breaks, such as a unique key, fails the transaction.
    pub fn insert_late(&mut self, insert: &'static str, row: Vec<Value>) {
        self.state.late.insert(insert, vec![row]);
    }

    /// Takes all rows of a statement.
    ///
    /// # Errors
    /// As [`Cx::exec`].
    pub fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let done = self.conn.rows(sql, args);
        self.checked(done)
    }

    /// Takes the first row, if there is one.
    ///
    /// # Errors
    /// As [`Cx::exec`].
    pub fn row(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>> {
        Ok(self.rows(sql, args)?.into_iter().next())
    }

    /// A statement with engine tokens such as `{skip_locked}`, for the store's own use.
    pub(crate) fn expand(&self, sql: &str) -> String {
        self.conn.expand(sql)
    }

    /// The connection itself, for reading in the store's own code.
    pub(crate) fn on_conn<T>(&mut self, run: impl FnOnce(&mut Conn) -> T) -> T {
        run(self.conn)
    }

    fn checked<T>(&mut self, done: Result<T, Failure>) -> Result<T> {
        done.map_err(|failure| {
            self.state.retry |= matches!(failure, Failure::Retry(_));
            self.state.failed = true;
            failure.into()
        })
    }

    /// Takes over what a read has recorded, to be committed here.
    pub(crate) fn adopt(&mut self, read: &State) -> Result<()> {
        self.state.exempt = true;
        self.state.late.entries.extend(read.late.entries.iter().cloned());
        if let Some(Refused { action, object, rule }) = &read.refused {
            let entry = self.entry(Note {
                verb: Verb::Refuse,
                action,
                rule,
                object_kind: "request",
                object: *object,
                detail: serde_json::Value::Null,
            })?;
            self.state.late.entries.push(entry);
        }
        Ok(())
    }

    /// The store's own bookkeeping: sessions, leases, sealing. Nothing in it is a record about a person.
    pub(crate) fn exempt(&mut self) {
        self.state.exempt = true;
    }

    /// The rule of the house: nothing is committed, and nothing that was read leaves, unless the policy allowed
    /// it and an entry says so.
    pub(crate) fn check_rule(&self) -> Result<()> {
        // PostgreSQL answers `commit` after a failed statement with a rollback and no error; SQLite would keep
        // the half of it. Neither may be taken for done.
        if self.state.failed {
            return Err(Error::Bug("a statement failed and was passed over: nothing was committed".into()));
        }
        if self.state.exempt {
            return Ok(());
        }
        if !self.state.allowed {
            return Err(Error::Bug("the policy was never asked: nothing was committed".into()));
        }
        if self.state.late.entries.is_empty() {
            return Err(Error::Bug("no audit entry was left: nothing was committed".into()));
        }
        Ok(())
    }
}
