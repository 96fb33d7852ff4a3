//! Opening what a command works with: configuration, content, database, keys.

use crate::{config::Loaded, content::Content, fail::Fail};
use bluelamp_casework::Shelf;
use bluelamp_model::{
    Error, Time,
    authority::{Actor, Ask},
};
use bluelamp_store::{Config as StoreConfig, Db, Entropy, LogKey};
use std::{fs, io::Write, path::Path, sync::Arc};

/// A data folder that is open, with what the configuration says of it.
pub(crate) struct Open {
    pub(crate) loaded: Loaded,
    pub(crate) content: Content,
    pub(crate) db: Db,
    /// The definitions in use, parsed once for all that works with this database.
    pub(crate) shelf: Arc<Shelf>,
}

/// Where the time comes from.
pub(crate) type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

impl Open {
    /// Opens the data folder, making it where there is none.
    ///
    /// # Errors
    /// Mistakes in the content; when folder or database cannot be used.
    pub(crate) fn new(loaded: Loaded) -> Result<Self, Fail> {
        let content = Content::load(loaded.config.content_dir.as_deref())?;
        let db = database(&loaded, &content, Arc::new(Time::now))?;
        let shelf = content.shelf(&loaded.config.organisation);
        Ok(Self { loaded, content, db, shelf })
    }

    /// As [`Open::new`], for a command that only makes sense where there is something: a mistyped folder is not made.
    ///
    /// # Errors
    /// As [`Open::new`]; where there is no data folder.
    pub(crate) fn existing(loaded: Loaded) -> Result<Self, Fail> {
        let folder = &loaded.config.data_dir;
        let there = match loaded.config.database.url {
            Some(_) => folder.is_dir(),
            None => folder.join("bluelamp.sqlite").is_file(),
        };
        if !there {
            let what = format!("{} is not a data folder; name it with --data-dir", folder.display());
            return Err(Fail::Usage(what));
        }
        Self::new(loaded)
    }

    /// The log's key.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub(crate) fn key(&self) -> Result<LogKey, Fail> {
        key(&self.loaded)
    }
}

/// Takes up the definitions and strategies of the content folder, or of the product: definitions at most as far as
/// shadow. What people have made of those that are held stays. Then everything that scores, matches or ranks is put into
/// the register of algorithms.
///
/// # Errors
/// For a version that is held with another text.
pub(crate) fn take_up(db: &Db, content: &Content, shelf: &Arc<Shelf>) -> Result<(), Fail> {
    let (all, shelf) = (content.definitions.clone(), Arc::clone(shelf));
    db.write(&Actor::system(), move |cx| {
        bluelamp_casework::take_up(cx, &all)?;
        bluelamp_casework::register(cx, &shelf, bluelamp_steward::algorithms::running())
    })?;
    let all = content.strategies.clone();
    db.write(&Actor::system(), move |cx| bluelamp_steward::strategy::take_up(cx, &all))?;
    Ok(())
}

/// How the store is to be opened.
pub(crate) fn store(loaded: &Loaded, content: &Content, clock: Clock) -> StoreConfig {
    let policy = Arc::clone(&content.policy);
    let decide = move |actor: &Actor, ask: &Ask| policy.decide(actor, ask);
    let config = &loaded.config;
    let store = StoreConfig::new(config.data_dir.clone(), config.database.url.clone(), Arc::new(decide));
    StoreConfig { clock, ..store }
}

/// Opens the database by a given clock.
///
/// # Errors
/// When folder or database cannot be used.
pub(crate) fn database(loaded: &Loaded, content: &Content, clock: Clock) -> Result<Db, Fail> {
    Ok(Db::open(store(loaded, content, clock))?)
}

/// The log's key, made at first use.
///
/// # Errors
/// When it cannot be read or made.
pub(crate) fn key(loaded: &Loaded) -> Result<LogKey, Fail> {
    let config = &loaded.config;
    Ok(LogKey::open(&config.data_dir, &config.log_origin, &mut Entropy::System)?)
}

/// The secret that signs the tokens against forged requests. It is kept, so that a page that somebody has open still
/// works after a restart.
///
/// # Errors
/// When it cannot be read or made.
pub(crate) fn secret(folder: &Path) -> Result<[u8; 32], Fail> {
    let path = folder.join("keys").join("forms.key");
    let failed = |e: String| Error::Unavailable(format!("the key of the web forms, {}: {e}", path.display()));
    match fs::read(&path) {
        Ok(bytes) => Ok(bytes
            .try_into()
            .map_err(|_| failed("should be 32 bytes; remove it to have a new one made".into()))?),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut secret = [0_u8; 32];
            getrandom::fill(&mut secret).map_err(|e| failed(e.to_string()))?;
            private_folder(&folder.join("keys")).map_err(|e| failed(e.to_string()))?;
            write_private(&path, &secret).map_err(|e| failed(e.to_string()))?;
            Ok(secret)
        }
        Err(e) => Err(failed(e.to_string()).into()),
    }
}

/// Makes a folder, where there is none, that only its owner can look into.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Writes a file, whole or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let mut file = fs::File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let partial = path.with_extension("partial");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)
}
