//! The replica: reads go on while the primary is away, and large ones need not burden it.
//!
//! A replica is behind, mostly by milliseconds, sometimes by minutes, and a user's write may have come
//! through another process. So no process can know by itself that a replica has what its user wrote. The
//! primary has it by definition; therefore:
//!
//! - an ordinary read takes place on the primary. It is short, and asking the primary first how far the
//!   replica must be would cost as much;
//! - a large read asks the primary for its position, and takes place on the replica when that is as far
//!   by now. It then has whatever was acknowledged before the request began, by whichever process;
//! - while the primary is away nobody writes. Then reads take place on a replica that has what the primary
//!   had some seconds before it was heard last; one that is further behind would show a past that its
//!   users know better.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::PgConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::pool::{ConnectionOptions, Pool, pool};
use super::pulse::Pulse;
use crate::clock::Clock;
use crate::http::error::{Error, Result};

/// The place of a read, where there is a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The primary: what must not be old, such as who may see what.
    Strict,
    /// The primary; the replica while the primary is away.
    Ordinary,
    /// The replica when it is as far as the primary, else as an ordinary one.
    Large,
}

/// Where a read took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Where everything is written.
    Primary,
    /// Where what was written arrives a little later.
    Replica,
}

/// A replica, and what is known of it and of its primary. All workers share it.
pub struct Replica {
    /// Its connections.
    pub(super) pool: Pool,
    /// How the primary is.
    pub(super) primary: Arc<Pulse>,
    /// How the replica is.
    pub(super) pulse: Pulse,
    reads: AtomicU64,
    lagged: AtomicU64,
}

/// What the metrics tell of a replica.
pub struct Standing {
    /// Does the replica answer?
    pub answers: bool,
    /// Would it be read from if the primary were away now? It is measured against what binds the reads themselves.
    pub usable: bool,
    /// How far it is behind, in bytes of the write-ahead log; as of the last answers.
    pub lag: i64,
    /// Reads that took place on it.
    pub reads: u64,
    /// Large reads for which it was not far enough.
    pub lagged: u64,
}

impl Replica {
    /// Begins to watch over the replica, which does not have to be there.
    pub fn start(
        primary: Arc<Pulse>,
        replica: ConnectionOptions,
        connections: u32,
        clock: &Clock,
    ) -> std::io::Result<Self> {
        let pulse = Pulse::start("replica", replica.clone(), replayed, clock.clone(), false)?;
        Ok(Self {
            primary,
            pulse,
            pool: pool(replica, connections),
            reads: AtomicU64::default(),
            lagged: AtomicU64::default(),
        })
    }

    /// How far it must be, at least, for reads to take place on it while the primary is away.
    pub(super) fn least_position(&self) -> Result<i64> {
        if !self.pulse.answers() {
            return Err(Error::Unreachable("neither primary nor replica answer"));
        }
        let known = self.primary.earlier_position();
        known.ok_or(Error::Unreachable("the primary was never heard"))
    }

    /// Was it far enough when it answered last?
    fn is_usable(&self) -> bool {
        let least = self.least_position();
        let there = self.pulse.last_position();
        least.is_ok_and(|least| there.is_some_and(|there| there >= least))
    }

    /// Large reads are worth a question.
    pub(super) fn is_worth_asking(&self) -> bool {
        self.primary.answers() && self.pulse.answers()
    }

    /// A read took place on it.
    pub(super) fn count_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// It was not far enough for a large read.
    pub(super) fn count_lagged(&self) {
        self.lagged.fetch_add(1, Ordering::Relaxed);
    }

    /// Its connections, for the metrics.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What the metrics tell.
    pub fn standing(&self) -> Standing {
        let positions = self.primary.last_position().zip(self.pulse.last_position());
        Standing {
            answers: self.pulse.answers(),
            usable: self.is_usable(),
            lag: positions.map_or(0, |(written, replayed)| (written - replayed).max(0)),
            reads: self.reads.load(Ordering::Relaxed),
            lagged: self.lagged.load(Ordering::Relaxed),
        }
    }
}

/// Begins to watch over the primary, which does not have to be there. It is asked for its position only where there is a
/// replica: not every server that speaks like PostgreSQL tells it.
pub fn watch_primary(
    options: ConnectionOptions,
    clock: &Clock,
    has_replica: bool,
) -> std::io::Result<Pulse> {
    let question = if has_replica { written } else { is_there };
    Pulse::start("primary", options, question, clock.clone(), true)
}

/// Something on a server that can be written to.
fn is_there(conn: &mut PgConnection) -> Result<Option<i64>> {
    position(conn, "CASE WHEN NOT pg_is_in_recovery() THEN 0::bigint END")
}

/// How far the write-ahead log of a primary is on its disk; nothing on a replica.
fn written(conn: &mut PgConnection) -> Result<Option<i64>> {
    position(
        conn,
        "CASE WHEN NOT pg_is_in_recovery() THEN (pg_current_wal_flush_lsn() - '0/0')::bigint END",
    )
}

/// How far the write-ahead log of a primary is, the part included that is not on its disk yet: commits are
/// acknowledged before, where `synchronous_commit` is off.
pub(super) fn inserted(conn: &mut PgConnection) -> Result<i64> {
    let found = position(conn, "(pg_current_wal_insert_lsn() - '0/0')::bigint")?;
    found.ok_or(Error::Unreachable("the primary has no position"))
}

/// How far a replica is; nothing on a server that never was one.
pub(super) fn replayed(conn: &mut PgConnection) -> Result<Option<i64>> {
    position(conn, "(pg_last_wal_replay_lsn() - '0/0')::bigint")
}

fn position(conn: &mut PgConnection, expression: &str) -> Result<Option<i64>> {
    Ok(diesel::select(sql::<Nullable<BigInt>>(expression)).get_result(conn)?)
}
