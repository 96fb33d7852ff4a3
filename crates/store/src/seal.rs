//! Sealing: committed audit entries get a dense number and a place in the Merkle log, and the log's head is
//! signed. What follows the log follows these numbers.

use crate::{Cx, Db, Event, Value, engine::Conn};
use bluelamp_ledger::{
    BundleId, Checkpoint, Commitment, EMPTY_ROOT, Edge, Entry, EntryProof, Hash, LedgerError, LogPath,
    ProofFile, Shown, SigningKey, Tile, TileId, Tree, VerifierKey, encode_bundle,
};
use bluelamp_model::{Error, Id, Result, Time};
use std::{
    cell::RefCell,
    fs,
    io::Write,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

/// At most so many entries are sealed in one transaction: it keeps the writer for a few milliseconds.
const BATCH: u32 = 256;

/// The log's signing key with the name it signs under.
pub struct LogKey {
    key: SigningKey,
}

impl LogKey {
    /// Reads the key of a data folder, making it at first use, readable by its owner only.
    ///
    /// `origin` names the log in every checkpoint, such as `bluelamp.example/log`; it is fixed when the key is
    /// made.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be read or written, or holds something else.
    pub fn open(folder: &Path, origin: &str, entropy: &mut crate::Entropy) -> Result<Self> {
        let dir = folder.join("keys");
        let path = dir.join("ledger.key");
        let failed =
            |what: &str, why: String| Error::Unavailable(format!("{what} {}: {why}", path.display()));
        if !path.exists() {
            let mut seed = [0_u8; 32];
            entropy.fill(&mut seed)?;
            let text = format!("{origin}\n{}\n", hex::encode(seed));
            make_key(&dir, &path, &text)
                .map_err(|e| failed("the log key cannot be written to", e.to_string()))?;
        }
        let text = fs::read_to_string(&path)
            .map_err(|e| failed("the log key cannot be read from", e.to_string()))?;
        let mut lines = text.lines();
        let (name, seed) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let seed: [u8; 32] = hex::decode(seed).ok().and_then(|s| s.try_into().ok()).ok_or_else(|| {
            failed("the log key is damaged in", "line 2 should be 64 hexadecimal digits".into())
        })?;
        let key = SigningKey::from_seed(name, &seed)
            .map_err(|e| failed("the log key is damaged in", e.to_string()))?;
        Ok(Self { key })
    }

    /// The public half, as a stranger needs it to verify.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }
}

/// Puts a whole key in its place or none: a power cut leaves no half of one, and of two processes that start at
/// once the later one takes the other's.
fn make_key(dir: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    folder.recursive(true).create(dir)?;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let draft = dir.join(format!("{}-{number}.new", std::process::id()));
    let mut file = options.write(true).create(true).truncate(true).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let placed = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match placed {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        _ => fs::File::open(dir)?.sync_all(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn broken(e: LedgerError) -> Error {
    Error::Bug(format!("the log does not hold together: {e}"))
}

fn int(n: u64) -> Value {
    Value::from(n)
}

impl Db {
    /// Seals what was committed since the last time, batch by batch, and says how many entries.
    ///
    /// # Errors
    /// Database errors; [`Error::Bug`] when the stored tiles contradict the stored root.
    pub fn seal(&self, key: &LogKey) -> Result<u64> {
        let mut total = 0;
        loop {
            let signer = key.key.clone();
            let sealed = self.internal(move |cx| seal_batch(cx, &signer))?;
            total += sealed;
            if sealed < u64::from(BATCH) {
                return Ok(total);
            }
        }
    }

    /// How many entries are sealed, and how many wait.
    ///
    /// # Errors
    /// Database errors.
    pub fn seal_counts(&self) -> Result<(u64, u64)> {
        self.look(|conn| {
            let waiting = conn.rows("select count(*) from audit where seq is null", &[])?;
            let waiting = waiting.first().map(|r| r.get(0)).transpose()?.unwrap_or(0);
            Ok((head(conn)?.0, waiting))
        })
    }

    /// The latest signed checkpoint, once there is one.
    ///
    /// # Errors
    /// Database errors.
    pub fn checkpoint(&self) -> Result<Option<String>> {
        self.look(latest_checkpoint)
    }

    /// One file of the log in the form of C2SP tlog-tiles: a tile or a bundle of entries. None of them holds
    /// anything but salted commitments, so they can be given to anybody.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a path that is no path of the log, or not yet filled.
    pub fn log_file(&self, path: &str) -> Result<Vec<u8>> {
        let absent = || Error::NotFound(format!("the log has no file {path}"));
        match LogPath::parse(path).map_err(|_| absent())? {
            LogPath::Tile(id) => self.look(|conn| read_tile(conn, id)).map_err(|_| absent()),
            LogPath::Checkpoint => Ok(self.checkpoint()?.ok_or_else(absent)?.into_bytes()),
            LogPath::Entries(BundleId { index, width }) => {
                let from = index.saturating_mul(256);
                let entries = self.look(|conn| {
                    conn.rows(
                        "select commitment from audit where seq >= $1 and seq < $2 order by seq",
                        &[int(from), int(from.saturating_add(width.into()))],
                    )?
                    .iter()
                    .map(|row| Ok(Entry { commitment: Commitment(Hash(row.get(0)?)) }))
                    .collect::<Result<Vec<_>>>()
                })?;
                if entries.len() != usize::from(width) {
                    return Err(absent());
                }
                encode_bundle(&entries).map_err(broken)
            }
        }
    }

    /// All sealed entries about any of these objects, proven against the latest checkpoint. An erased entry
    /// shows only its commitment.
    ///
    /// # Errors
    /// [`Error::NotFound`] when nothing was sealed yet.
    pub fn proofs_about(&self, objects: &[Id], key: &VerifierKey) -> Result<ProofFile> {
        self.look(|conn| {
            let note = latest_checkpoint(conn)?
                .ok_or_else(|| Error::NotFound("a checkpoint: nothing is sealed yet".into()))?;
            let (size, root) = head(conn)?;
            let mut tree = Tree::open(size, root, &mut |id| tile_for_ledger(conn, id)).map_err(broken)?;
            let mut entries = Vec::new();
            for object in objects {
                let rows = conn.rows(
                    "select seq, event, salt, commitment from audit
                     where object_id = $1 and seq is not null order by seq",
                    &[(*object).into()],
                )?;
                for row in rows {
                    let index: u64 = row.get(0)?;
                    let shown = match (row.get::<Option<String>>(1)?, row.get::<Option<[u8; 16]>>(2)?) {
                        (Some(event), Some(salt)) => Shown::Event { event: event.into_bytes(), salt },
                        _ => Shown::Commitment(Commitment(Hash(row.get(3)?))),
                    };
                    let proof = tree
                        .inclusion_proof(index, size, &mut |id| tile_for_ledger(conn, id))
                        .map_err(broken)?;
                    entries.push(EntryProof { index, shown, proof });
                }
            }
            entries.sort_by_key(|e| e.index);
            entries.dedup_by_key(|e| e.index);
            Ok(ProofFile { vkeys: vec![key.to_string()], checkpoint: note, entries, consistency: None })
        })
    }

    /// Rebuilds the whole log from its entries and compares it with what is stored. Gives the number of entries
    /// and everything that does not hold.
    ///
    /// # Errors
    /// Database errors.
    pub fn check_log(&self, key: &VerifierKey) -> Result<(u64, Vec<String>)> {
        self.look(|conn| {
            let mut wrong = Vec::new();
            let (size, root) = head(conn)?;
            let total = conn.rows("select count(*) from audit where seq is not null", &[])?;
            let total: u64 = total.first().map(|r| r.get(0)).transpose()?.unwrap_or(0);
            if total != size {
                wrong.push(format!("the head says {size} entries, {total} are numbered"));
            }
            // The check reads entries and tiles in turn, over the one connection.
            let shared = RefCell::new(&mut *conn);
            let mut page = std::collections::VecDeque::new();
            let mut next = 0_u64;
            let mut entries = std::iter::from_fn(|| {
                if page.is_empty() {
                    match read_entries(&mut shared.borrow_mut(), next, &mut wrong) {
                        Ok(rows) => page.extend(rows),
                        Err(e) => return Some(Err(LedgerError::OutOfRange(e.to_string()))),
                    }
                }
                next += 1;
                page.pop_front().map(Ok)
            });
            let findings = bluelamp_ledger::fsck(size, &root, &mut entries, &mut |id| {
                tile_for_ledger(&mut shared.borrow_mut(), id)
            })
            .map_err(broken)?;
            wrong.extend(findings.iter().map(ToString::to_string));
            match latest_checkpoint(conn)? {
                None if size > 0 => wrong.push("there is no checkpoint".into()),
                None => {}
                Some(note) => match Checkpoint::open(note.as_bytes(), std::slice::from_ref(key)) {
                    Err(e) => wrong.push(format!("the checkpoint is not signed by this log's key: {e}")),
                    Ok((c, _)) if c.size != size || c.root != root => {
                        wrong.push("the checkpoint is not that of the head".into());
                    }
                    Ok(_) => {}
                },
            }
            Ok((size, wrong))
        })
    }
}

/// The next page of entries in order; what was changed after it was committed is added to `wrong`.
fn read_entries(conn: &mut Conn, from: u64, wrong: &mut Vec<String>) -> Result<Vec<Entry>> {
    let rows = conn.rows(
        "select seq, commitment, salt, event, id, at, verb, action, actor_kind, actor_id, object_kind, object_id
         from audit where seq >= $1 order by seq limit 4096",
        &[int(from)],
    )?;
    let mut entries = Vec::with_capacity(rows.len());
    for (row, expected) in rows.iter().zip(from..) {
        let seq: u64 = row.get(0)?;
        if seq != expected {
            wrong.push(format!("entry {expected} is missing"));
            break;
        }
        let commitment = Commitment(Hash(row.get(1)?));
        // Erased entries have neither salt nor event; their commitment stays.
        if let (Some(salt), Some(event)) = (row.get::<Option<[u8; 16]>>(2)?, row.get::<Option<String>>(3)?) {
            // The columns by which entries are found repeat what the event says.
            let columns = (
                row.get::<Id>(4)?,
                row.get::<Time>(5)?,
                row.get::<String>(6)?,
                row.get::<String>(7)?,
                row.get::<String>(8)?,
                row.get::<Option<Id>>(9)?,
                row.get::<String>(10)?,
                row.get::<Option<Id>>(11)?,
            );
            let agrees = serde_json::from_str::<Event>(&event).is_ok_and(|e| {
                let verb = e.verb.code().to_owned();
                columns == (e.id, e.at, verb, e.action, e.actor_kind, e.actor, e.object_kind, e.object)
            });
            if !agrees || bluelamp_ledger::commitment(&salt, event.as_bytes()) != commitment {
                wrong.push(format!("entry {seq} was changed after it was committed"));
            }
        }
        entries.push(Entry { commitment });
    }
    Ok(entries)
}

fn latest_checkpoint(conn: &mut Conn) -> Result<Option<String>> {
    let rows = conn.rows("select note from ledger_checkpoint order by size desc limit 1", &[])?;
    Ok(rows.first().map(|r| r.get(0)).transpose()?)
}

fn head(conn: &mut Conn) -> Result<(u64, Hash)> {
    match conn.rows("select size, root from ledger_head where id = 1", &[])?.first() {
        Some(row) => Ok((row.get(0)?, Hash(row.get(1)?))),
        None => Ok((0, EMPTY_ROOT)),
    }
}

fn read_tile(conn: &mut Conn, id: TileId) -> Result<Vec<u8>> {
    let rows = conn.rows(
        "select hashes from ledger_tile where level = $1 and position = $2",
        &[i64::from(id.level).into(), int(id.index)],
    )?;
    let mut bytes: Vec<u8> = rows
        .first()
        .map(|r| r.get(0))
        .transpose()?
        .ok_or_else(|| Error::NotFound(format!("tile {}", id.path())))?;
    let wanted = usize::from(id.width) * 32;
    if bytes.len() < wanted {
        return Err(Error::NotFound(format!("tile {}", id.path())));
    }
    bytes.truncate(wanted);
    Ok(bytes)
}

fn tile_for_ledger(conn: &mut Conn, id: TileId) -> Result<Vec<u8>, LedgerError> {
    read_tile(conn, id).map_err(|e| LedgerError::Unreadable { id, why: e.to_string() })
}

fn seal_batch(cx: &mut Cx<'_>, signer: &SigningKey) -> Result<u64> {
    cx.exec(
        "insert into ledger_head (id, size, root) values (1, 0, $1) on conflict (id) do nothing",
        &[EMPTY_ROOT.0.to_vec().into()],
    )?;
    let lock = cx.expand("select size, root from ledger_head where id = 1 {lock}");
    let row = cx.row(&lock, &[])?.ok_or_else(|| Error::Bug("the log has no head".into()))?;
    let (size, root): (u64, Hash) = (row.get(0)?, Hash(row.get(1)?));
    let rows =
        cx.rows("select id, commitment from audit where seq is null order by id limit $1", &[BATCH.into()])?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut edge =
        Edge::from_tiles(size, Some(&root), &mut |id| cx.on_conn(|conn| tile_for_ledger(conn, id)))
            .map_err(broken)?;
    let mut places = Vec::with_capacity(rows.len());
    let mut leaves = Vec::with_capacity(rows.len());
    for (row, seq) in rows.iter().zip(size..) {
        places.push((row.get::<Id>(0)?, seq));
        leaves.push(Entry { commitment: Commitment(Hash(row.get(1)?)) }.leaf_hash());
    }
    for tile in edge.append(&leaves).map_err(broken)? {
        store_tile(cx, &tile)?;
    }
    number(cx, &places)?;
    cx.exec(
        "update ledger_head set size = $1, root = $2 where id = 1",
        &[int(edge.size()), edge.root().0.to_vec().into()],
    )?;
    let checkpoint = Checkpoint {
        origin: signer.verifier().name().to_owned(),
        size: edge.size(),
        root: edge.root(),
        // tlog-checkpoint advises against extension lines: the time stands beside the note, not in it.
        extensions: Vec::new(),
    };
    let note = checkpoint.sign(&[signer]).map_err(broken)?.to_string();
    cx.exec(
        "insert into ledger_checkpoint (size, at, note) values ($1, $2, $3)",
        &[int(edge.size()), cx.now().into(), note.into()],
    )?;
    Ok(places.len() as u64)
}

fn store_tile(cx: &mut Cx<'_>, tile: &Tile) -> Result<()> {
    cx.exec(
        "insert into ledger_tile (level, position, hashes) values ($1, $2, $3)
         on conflict (level, position) do update set hashes = excluded.hashes",
        &[i64::from(tile.id.level).into(), int(tile.id.index), tile.to_bytes().into()],
    )?;
    Ok(())
}

/// Writes the numbers, in statements of three lengths so that the engines keep them prepared.
fn number(cx: &mut Cx<'_>, mut places: &[(Id, u64)]) -> Result<()> {
    while !places.is_empty() {
        let n = [128, 16, 1].into_iter().find(|n| *n <= places.len()).unwrap_or(1);
        let (now, later) = places.split_at(n);
        places = later;
        let mut sql = String::from("with v(id, seq) as (values ");
        let mut args = Vec::with_capacity(n * 2);
        for (k, (id, seq)) in now.iter().enumerate() {
            let (a, b) = (k * 2 + 1, k * 2 + 2);
            if k == 0 {
                sql.push_str(&cx.expand(&format!("(cast(${a} as {{id}}), cast(${b} as bigint))")));
            } else {
                sql.push_str(&format!(",(${a},${b})"));
            }
            args.extend([(*id).into(), int(*seq)]);
        }
        sql.push_str(") update audit set seq = v.seq from v where audit.id = v.id");
        cx.exec(&sql, &args)?;
    }
    Ok(())
}
