//! Server-side sessions and drafts. The value is sealed under a key that only the holder of the token has, so
//! that a half-filled report cannot be read from the database or a backup of it.

use crate::{Cx, Db, Row, Value};
use bluelamp_model::{Error, Id, Result, Time};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, aead::Aead};
use sha2::{Digest, Sha256};

/// The secret that a cookie holds: 256 random bits, in hexadecimal.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes what a cookie holds; anything that is not 64 hexadecimal digits is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
            .then(|| Self(text.into()))
    }

    /// The text for the cookie.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    fn derive(&self, label: &str) -> [u8; 32] {
        Sha256::new().chain_update(label).chain_update([0]).chain_update(&self.0).finalize().into()
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&self.derive("bluelamp session key").into())
    }

    fn row(&self) -> Vec<u8> {
        self.derive("bluelamp session id").to_vec()
    }
}

const NONCE: usize = 12;

/// What is kept of a value: nonce and sealed bytes.
fn sealed(token: &Token, nonce: [u8; NONCE], value: &[u8]) -> Result<Vec<u8>> {
    let sealed = token
        .cipher()
        .encrypt(&nonce.into(), value)
        .map_err(|_| Error::Bug("a session value could not be sealed".into()))?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(bytes)
}

impl Cx<'_> {
    /// Makes a new session in this transaction, with what justifies it, and gives its token.
    ///
    /// # Errors
    /// Database errors.
    pub fn new_session(
        &mut self,
        kind: &'static str,
        owner: Option<Id>,
        value: &[u8],
        expires_at: Time,
    ) -> Result<Token> {
        let token = Token(hex::encode(self.random::<32>()?));
        let nonce = self.random()?;
        let bytes = sealed(&token, nonce, value)?;
        self.exec(
            "insert into session (id, kind, owner, value, expires_at) values ($1, $2, $3, $4, $5)",
            &[token.row().into(), kind.into(), owner.into(), bytes.into(), expires_at.into()],
        )?;
        Ok(token)
    }

    /// Gives a session that is still kept another value, and says whether it was: one that has been ended stays
    /// ended.
    ///
    /// # Errors
    /// Database errors.
    pub fn replace_session(&mut self, token: &Token, value: &[u8], expires_at: Time) -> Result<bool> {
        let nonce = self.random()?;
        let bytes = sealed(token, nonce, value)?;
        let changed = self.exec(
            "update session set value = $1, expires_at = $2 where id = $3",
            &[bytes.into(), expires_at.into(), token.row().into()],
        )?;
        Ok(changed == 1)
    }

    /// Forgets every session of an account, in the transaction that disables it or changes its password.
    ///
    /// # Errors
    /// Database errors.
    pub fn end_sessions_of(&mut self, owner: Id) -> Result<u64> {
        self.exec("delete from session where owner = $1", &[owner.into()])
    }
}

impl Db {
    /// Makes a new session and gives its token.
    ///
    /// # Errors
    /// Database errors.
    pub fn new_session(
        &self,
        kind: &'static str,
        owner: Option<Id>,
        value: &[u8],
        expires_at: Time,
    ) -> Result<Token> {
        let mut secret = [0; 32];
        self.fork_entropy().fill(&mut secret)?;
        let token = Token(hex::encode(secret));
        self.put_session(&token, kind, owner, value, expires_at)?;
        Ok(token)
    }

    /// Stores a new value under a token.
    ///
    /// # Errors
    /// Database errors.
    pub fn put_session(
        &self,
        token: &Token,
        kind: &'static str,
        owner: Option<Id>,
        value: &[u8],
        expires_at: Time,
    ) -> Result<()> {
        let mut nonce = [0; NONCE];
        self.fork_entropy().fill(&mut nonce)?;
        let bytes = sealed(token, nonce, value)?;
        let row = token.row();
        self.internal(move |cx| {
            cx.exec(
                "insert into session (id, kind, owner, value, expires_at) values ($1, $2, $3, $4, $5)
                 on conflict (id) do update set value = excluded.value, expires_at = excluded.expires_at",
                &[row.clone().into(), kind.into(), owner.into(), bytes.clone().into(), expires_at.into()],
            )?;
            Ok(())
        })
    }

    /// The value under a token, unless it has expired or is of another kind.
    ///
    /// # Errors
    /// Database errors.
    pub fn session(&self, token: &Token, kind: &str) -> Result<Option<Vec<u8>>> {
        let now = self.now();
        let rows = self.look(|conn| {
            Ok(conn.rows(
                "select value from session where id = $1 and kind = $2 and expires_at > $3",
                &[token.row().into(), kind.into(), now.into()],
            )?)
        })?;
        let Some(row) = rows.first() else { return Ok(None) };
        let bytes: Vec<u8> = row.get(0)?;
        let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE>() else { return Ok(None) };
        Ok(token.cipher().decrypt(&(*nonce).into(), sealed).ok())
    }

    /// Keeps a session alive, writing only when at least `worth_seconds` would be gained.
    ///
    /// # Errors
    /// Database errors.
    pub fn touch_session(&self, token: &Token, expires_at: Time, worth_seconds: i64) -> Result<()> {
        let row = token.row();
        let stale = expires_at.plus_seconds(-worth_seconds);
        let due = self.look(|conn| {
            Ok(!conn
                .rows(
                    "select 1 from session where id = $1 and expires_at < $2",
                    &[row.clone().into(), stale.into()],
                )?
                .is_empty())
        })?;
        if !due {
            return Ok(());
        }
        self.internal(move |cx| {
            cx.exec(
                "update session set expires_at = $1 where id = $2",
                &[expires_at.into(), row.clone().into()],
            )
            .map(drop)
        })
    }

    /// Looks up a credential that somebody presented: the one reading that comes before there is an actor. What
    /// the credential is then used for is logged under its owner.
    ///
    /// # Errors
    /// Database errors.
    pub fn credential_rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        self.look(|conn| Ok(conn.rows(sql, args)?))
    }

    /// Forgets a session.
    ///
    /// # Errors
    /// Database errors.
    pub fn end_session(&self, token: &Token) -> Result<()> {
        let row = token.row();
        self.internal(move |cx| cx.exec("delete from session where id = $1", &[row.clone().into()]).map(drop))
    }

    /// Removes what has expired.
    ///
    /// # Errors
    /// Database errors.
    pub fn sweep_sessions(&self) -> Result<u64> {
        self.internal(|cx| cx.exec("delete from session where expires_at <= $1", &[cx.now().into()]))
    }
}
