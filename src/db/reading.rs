//! The way of a read where there is a replica: which server it goes to, and which one next.

use std::any::Any;
use std::sync::Arc;

use super::replica::{self, Reading, Replica, Server};
use super::tx::{Access, Owner, Tx};
use super::{Db, Lane};
use crate::http::error::Error;

/// What a read finds, whatever its type.
type Value = Box<dyn Any + Send>;
/// A closure that reads.
type Work = dyn Fn(&mut Tx<'_>) -> Result<Value, Error> + Send + Sync;
/// What was read, and where.
type Found = Result<(Value, Server), Error>;

impl Db {
    /// [`Db::read`] where it may take place on the replica, too, and where it did. The closure runs a second time
    /// when the first server fails in the midst of it.
    pub async fn read_somewhere<T: Send + 'static>(
        &self,
        owner: Owner,
        reading: Reading,
        work: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<(T, Server), Error> {
        let work: Arc<Work> = Arc::new(move |tx| Ok(Box::new(work(tx)?)));
        let (found, server) = self.read_any(owner, reading, work).await?;
        let value = found.downcast().expect("it comes from the closure");
        Ok((*value, server))
    }

    /// The one reader for closures of all types: it is long, and would be compiled once for each of them.
    async fn read_any(&self, owner: Owner, reading: Reading, work: Arc<Work>) -> Found {
        let on_primary = || {
            let work = Arc::clone(&work);
            self.run(&self.primary, owner, Access::Read, move |tx| work(tx))
        };
        let replica = self.replica.as_ref();
        let Some((lane, replica)) = replica.filter(|_| reading != Reading::Strict) else {
            return Ok((on_primary().await?, Server::Primary));
        };
        if reading == Reading::Large
            && replica.is_worth_asking()
            // What it costs in vain is not taken from the time for the primary.
            && let Some(found) = self.for_request().read_aside(lane, replica, owner, &work).await
        {
            return Ok((found?, Server::Replica));
        }
        let mut failed = false;
        while replica.primary.answers() {
            let found = tokio::select! {
                found = on_primary() => found,
                () = replica.primary.silence() => break,
            };
            match found {
                // A connection may die although the server lives, and then only the server has everything.
                // Nobody gets through to one that stands still, either.
                Err(error) if error.is_passing() => {
                    let again = error.is_lost_server() && !std::mem::replace(&mut failed, true);
                    if !replica.primary.is_gone().await && !again {
                        return Err(error);
                    }
                }
                found => return Ok((found?, Server::Primary)),
            }
        }
        replica.count_read();
        let found = self.read_instead(lane, replica, owner, move |tx| work(tx));
        Ok((found.await?, Server::Replica))
    }

    /// Reads on the replica because the primary is away, when it is no further behind than it may be.
    pub(super) async fn read_instead<T: Send + 'static>(
        &self,
        lane: &Lane,
        replica: &Replica,
        owner: Owner,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let least = replica.least_position()?;
        self.run(
            lane,
            owner,
            Access::Read,
            move |tx| match replica::replayed(tx.conn)?.is_some_and(|there| there >= least) {
                true => work(tx),
                false => Err(Error::Unreachable("the replica is too far behind")),
            },
        )
        .await
    }

    /// Reads on the replica when that is as far as the primary is now; nothing when it is not, or fails.
    async fn read_aside(
        &self,
        lane: &Lane,
        replica: &Replica,
        owner: Owner,
        work: &Arc<Work>,
    ) -> Option<Result<Value, Error>> {
        let position = self.run(&self.primary, Owner::Nobody, Access::Read, |tx| {
            replica::inserted(tx.conn)
        });
        let position = position.await.ok()?;
        let work = Arc::clone(work);
        let attempt = self.run(lane, owner, Access::Read, move |tx| {
            let is_there = replica::replayed(tx.conn)?.is_some_and(|there| there >= position);
            is_there.then(|| work(tx)).transpose()
        });
        let outcome = tokio::select! {
            outcome = attempt => outcome,
            () = replica.pulse.silence() => return None,
        };
        match outcome {
            Ok(Some(value)) => {
                replica.count_read();
                Some(Ok(value))
            }
            Ok(None) => {
                replica.count_lagged();
                None
            }
            // What is told to the client is as true here as there.
            Err(error @ Error::Problem(_)) if !error.is_passing() => Some(Err(error)),
            Err(_) => None,
        }
    }
}
