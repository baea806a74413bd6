//! What a status cell says about an application.
//!
//! Words are read for what they mean together ("Rejected after interview", "they declined me"), not
//! looked up as whole phrases; `status_words` knows the words. Where everyday use leaves a doubt, the
//! reading claims less: a status that only says that something is under way counts as applied, since a
//! later stage would count as an answer in every statistic.

use super::status_words::{self, Ending, Signal};

pub use crate::applications::rules::Status;

/// A status cell, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Where the application stands.
    pub status: Status,
    /// The furthest live status that the words mention, if any.
    pub furthest: Option<Status>,
}

impl Reading {
    /// A status of which nothing more is known.
    pub fn plain(status: Status) -> Self {
        Self {
            status,
            furthest: status.is_live().then_some(status),
        }
    }
}

/// Reads a status in everyday words; nothing when it is not understood.
pub fn understand(text: &str) -> Option<Reading> {
    let signals = status_words::signals(text);
    let stages = signals.iter().filter_map(|signal| match signal {
        Signal::Reached(stage) => Some(*stage),
        _ => None,
    });
    let furthest = stages.max();
    // Silence says least about how it ended: "ghosted, then rejected" is a rejection.
    let endings = || {
        signals.iter().filter_map(|signal| match signal {
            Signal::Ended(ending) => Some(*ending),
            _ => None,
        })
    };
    let spoken = endings().rfind(|ending| *ending != Ending::Ghosted);
    if let Some(ending) = spoken.or_else(|| endings().next_back()) {
        return Some(closed(ending, furthest));
    }
    if signals.contains(&Signal::DecidedAgainst) {
        return Some(Reading {
            status: Status::Withdrawn,
            furthest: Some(Status::Saved),
        });
    }
    let live = match furthest {
        Some(stage) => stage,
        None if signals.contains(&Signal::Saved) => Status::Saved,
        None if signals.contains(&Signal::UnderWay) => Status::Applied,
        None => return None,
    };
    Some(Reading::plain(live))
}

fn closed(ending: Ending, furthest: Option<Status>) -> Reading {
    let offer = Some(Status::Offer);
    let (status, furthest) = match ending {
        Ending::Accepted => (Status::Accepted, offer),
        Ending::Declined => (Status::Declined, offer),
        // Stepping back from an offer is declining it.
        Ending::Withdrawn if furthest == offer => (Status::Declined, offer),
        Ending::Withdrawn => (Status::Withdrawn, furthest),
        Ending::Rejected => (Status::Rejected, furthest),
        Ending::Ghosted => (Status::Ghosted, furthest),
    };
    Reading { status, furthest }
}

/// Puts two status columns of one row together: what is closed ends what is live, and the further stage
/// counts. Nothing when both are closed in different ways.
pub fn merge(first: Reading, second: Reading) -> Option<Reading> {
    let furthest = first.furthest.max(second.furthest);
    let status = match (first.status.is_live(), second.status.is_live()) {
        (true, true) => first.status.max(second.status),
        (true, false) => second.status,
        (false, true) => first.status,
        (false, false) if first.status == second.status => first.status,
        (false, false) => return None,
    };
    Some(Reading { status, furthest })
}

/// The plain moves from nothing to `status`, each allowed by the status machine of applications.
///
/// An accepted or declined application had an offer; a rejected or ghosted one was applied for. A
/// withdrawn one was applied for unless `furthest` is saved. Live statuses beyond `status` are left out,
/// because no plain move leads back from them.
pub fn path(status: Status, furthest: Option<Status>) -> Vec<Status> {
    let between = match status {
        Status::Accepted | Status::Declined => Some(Status::Offer),
        Status::Withdrawn if furthest == Some(Status::Saved) => {
            return vec![Status::Saved, Status::Withdrawn];
        }
        // An offer is declined, never withdrawn from.
        Status::Withdrawn => furthest.map(|stage| stage.min(Status::Interviewing)),
        Status::Rejected | Status::Ghosted => furthest,
        Status::Saved => return vec![Status::Saved],
        _ => None,
    };
    let mut path = vec![Status::Applied];
    path.extend(between.filter(|stage| *stage > Status::Applied));
    path.extend((status != Status::Applied).then_some(status));
    path
}

#[cfg(test)]
mod tests {
    use super::Status::*;
    use super::*;

    #[test]
    fn two_status_columns_are_put_together() {
        let read = |text| understand(text).expect("understood");
        let merged = merge(read("Applied"), read("Rejected"));
        assert_eq!(
            merged,
            Some(Reading {
                status: Rejected,
                furthest: Some(Applied)
            })
        );
        let merged = merge(read("Rejected"), read("Onsite"));
        assert_eq!(
            merged,
            Some(Reading {
                status: Rejected,
                furthest: Some(Interviewing)
            })
        );
        assert_eq!(
            merge(read("Active"), read("Phone screen")),
            Some(Reading::plain(Screening))
        );
        assert_eq!(merge(read("Ghosted"), read("Withdrawn")), None);
    }

    #[test]
    fn paths_go_only_where_the_machine_lets_them() {
        assert_eq!(path(Saved, None), [Saved]);
        assert_eq!(path(Applied, Some(Applied)), [Applied]);
        assert_eq!(path(Interviewing, None), [Applied, Interviewing]);
        assert_eq!(
            path(Rejected, Some(Interviewing)),
            [Applied, Interviewing, Rejected]
        );
        assert_eq!(path(Rejected, Some(Saved)), [Applied, Rejected]);
        assert_eq!(path(Accepted, None), [Applied, Offer, Accepted]);
        assert_eq!(path(Declined, Some(Screening)), [Applied, Offer, Declined]);
        assert_eq!(path(Withdrawn, Some(Saved)), [Saved, Withdrawn]);
        assert_eq!(
            path(Withdrawn, Some(Offer)),
            [Applied, Interviewing, Withdrawn]
        );
        assert_eq!(path(Ghosted, None), [Applied, Ghosted]);
    }
}
