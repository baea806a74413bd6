//! How an application ended, by the words of one clause.

use super::status::Status;
use super::status_clause::{Actor, Clause};
use super::status_words::{Ending, Signal};

impl Clause<'_> {
    /// The ending that the word at `index` tells of.
    pub(super) fn ending(&self, index: usize) -> Option<Ending> {
        self.refusal(index)
            .or_else(|| self.stepping_back(index))
            .or_else(|| self.passed_over(index))
            .or_else(|| self.silence(index))
            .or_else(|| self.acceptance(index))
    }

    fn refusal(&self, index: usize) -> Option<Ending> {
        let word = self.at(index);
        let turned_down =
            matches!(word, "turned" | "turn" | "turning") && self.follows(index, 3, &["down"]);
        let passed_on = matches!(word, "passed" | "passing") && self.at(index + 1) == "on";
        match word {
            "failed" | "fail" | "flunked" | "bombed" => {
                return (!self.denied(index)).then_some(Ending::Rejected);
            }
            "pass" | "passed" if !passed_on => {
                return (self.denied(index) && !self.open).then_some(Ending::Rejected);
            }
            "reject" | "rejected" | "rejects" | "rejection" | "rejecting" | "refused"
            | "refusal" | "denied" | "unsuccessful" | "eliminated" | "decline" | "declined"
            | "declines" | "declining" => {}
            _ if turned_down || passed_on => {}
            _ => return None,
        }
        if self.denied(index) {
            return None;
        }
        let declines = word.starts_with("declin");
        let my_papers = self.has(&["application", "candidacy", "resume", "cv", "profile"]);
        Some(match self.actor(index) {
            Actor::Them => Ending::Rejected,
            _ if self.offer_is_meant() => Ending::Declined,
            Actor::Me if declines && !self.names_a_stage() => Ending::Declined,
            Actor::Me => Ending::Withdrawn,
            Actor::Unknown if passed_on => Ending::Withdrawn,
            Actor::Unknown if !declines || my_papers || self.has(&["after"]) => Ending::Rejected,
            // "Declined interview": the seeker did not take it up.
            Actor::Unknown if self.names_a_stage() => Ending::Withdrawn,
            Actor::Unknown => Ending::Declined,
        })
    }

    fn stepping_back(&self, index: usize) -> Option<Ending> {
        const JOB: [&str; 9] = [
            "position",
            "role",
            "job",
            "posting",
            "vacancy",
            "requisition",
            "req",
            "opening",
            "listing",
        ];
        let denied = self.denied(index);
        let mine = self.actor(index) == Actor::Me;
        let theirs = self.actor(index) == Actor::Them;
        let rest = &self.words[..index];
        let job_before = rest.iter().any(|word| JOB.contains(word));
        match self.at(index) {
            "withdrew" | "withdrawn" | "withdraw" | "withdrawing" | "withdrawal" if !denied => {
                let their_offer =
                    rest.iter().any(|word| word.starts_with("offer")) && self.offer_is_meant();
                let by_them = theirs && self.has(&["they", "by", "company", "employer", "theyve"]);
                let rejected = !mine && (by_them || their_offer || job_before);
                Some(if rejected {
                    Ending::Rejected
                } else {
                    Ending::Withdrawn
                })
            }
            "rescinded" | "revoked" | "retracted" if !denied => Some(if mine {
                Ending::Withdrawn
            } else {
                Ending::Rejected
            }),
            "cancelled" | "canceled" | "closed" | "filled" | "removed" if !denied => {
                let out = matches!(self.at(index + 1), "out" | "in");
                if mine && self.at(index).starts_with("cancel") {
                    return Some(Ending::Withdrawn);
                }
                (self.has(&JOB) && !self.has(&["application"]) && !out).then_some(Ending::Rejected)
            }
            "backed" | "pulled" | "dropped" | "opted" | "bowed" | "bailed" => {
                let out = self.at(index + 1) == "out";
                (out && !denied).then_some(Ending::Withdrawn)
            }
            "interested" if denied && !self.has(&["they", "theyre", "company", "employer"]) => {
                Some(Ending::Withdrawn)
            }
            "interested" if denied => Some(Ending::Rejected),
            "pursuing" | "pursue" if denied => Some(Ending::Withdrawn),
            _ => None,
        }
    }

    // The many ways of saying that somebody else was taken, or nobody.
    fn passed_over(&self, index: usize) -> Option<Ending> {
        const PEOPLE: [&str; 6] = [
            "candidate",
            "candidates",
            "applicant",
            "applicants",
            "hire",
            "person",
        ];
        let next = self.at(index + 1);
        match self.at(index) {
            "selected" | "chosen" | "shortlisted" | "successful" | "considered" | "retained"
            | "picked" | "consideration" | "qualified"
                if self.denied(index) && !self.open =>
            {
                Some(Ending::Rejected)
            }
            "moving" | "proceeding" | "progressing" | "advancing" | "continuing" | "progressed"
            | "moved" | "advanced" | "proceed" | "continue" | "move"
                if self.denied(index) && !self.open =>
            {
                let mine = self.actor(index) == Actor::Me;
                Some(if mine {
                    Ending::Withdrawn
                } else {
                    Ending::Rejected
                })
            }
            "available" | "hiring" if self.before(index) == "longer" => Some(Ending::Rejected),
            "another" | "other" | "different" | "stronger" | "better" | "internal"
                if PEOPLE.contains(&next) =>
            {
                Some(Ending::Rejected)
            }
            "someone" | "somebody" if next == "else" => Some(Ending::Rejected),
            "hired" if matches!(next, "internally" | "another") => Some(Ending::Rejected),
            _ => None,
        }
    }

    fn silence(&self, index: usize) -> Option<Ending> {
        let denied = self.denied(index);
        let silent = match self.at(index) {
            "ghosted" | "ghost" | "ghosting" if denied => return None,
            "ghosted" if self.actor(index) == Actor::Me => return Some(Ending::Withdrawn),
            "ghosted" | "ghost" | "ghosting" => return Some(Ending::Ghosted),
            "expired" | "lapsed" if self.offer_is_meant() => return Some(Ending::Declined),
            "expired" | "lapsed" => !denied,
            "silence" | "silent" | "crickets" | "unanswered" | "unresponsive" => !denied,
            "response" | "responses" | "reply" | "replies" | "answer" | "news" | "word"
            | "contact" | "update" | "updates" | "feedback" | "callback" => {
                denied && self.denial(index) != Some("before")
            }
            "responded" | "replied" | "answered" => denied && self.actor(index) != Actor::Me,
            // "Haven't heard back" still waits; "never heard back" has given up.
            "heard" | "hear" => {
                let given_up = matches!(self.denial(index), Some("never" | "didnt"))
                    || (self.denied(index) && self.has(&["did"]));
                given_up || self.at(index + 1) == "nothing"
            }
            _ => false,
        };
        (silent && !self.open).then_some(Ending::Ghosted)
    }

    fn acceptance(&self, index: usize) -> Option<Ending> {
        let word = self.at(index);
        let took = matches!(word, "got" | "took" | "taken" | "landed")
            && self.follows(index, 3, &["job", "offer"]);
        let to_decide = self.before(index) == "to";
        match word {
            "accepted" | "accept" | "accepting" | "hired" | "signed" | "joined" | "employed"
            | "onboarding" => {}
            _ if took => {}
            _ => return None,
        }
        if self.denied(index) {
            let said = matches!(word, "accepted" | "hired") && !self.open;
            return said.then_some(Ending::Rejected);
        }
        if self.takes_another() {
            return Some(Ending::Withdrawn);
        }
        let got_offer = word == "got" && self.follows(index, 3, &["offer"]);
        let other_hired = self.has(&[
            "someone",
            "somebody",
            "internally",
            "candidate",
            "candidates",
        ]);
        let to_a_stage = self.follows(index, 1, &["for", "to", "into"]);
        let papers = self.has(&["application", "resume", "cv", "invitation", "invite"]);
        let no = got_offer || other_hired || to_a_stage || to_decide || papers;
        (!no).then_some(Ending::Accepted)
    }

    fn names_a_stage(&self) -> bool {
        (0..self.words.len()).any(|index| {
            matches!(
                self.stage(index),
                Some(Signal::Reached(Status::Screening | Status::Interviewing))
            )
        })
    }
}
