//! Which stage was reached, by the words of one clause.

use super::status::Status;
use super::status_clause::{Actor, Clause};
use super::status_words::Signal;

impl Clause<'_> {
    /// The stage that the word at `index` names.
    pub(super) fn stage(&self, index: usize) -> Option<Signal> {
        let next = self.at(index + 1);
        let before = self.before(index);
        let denied = self.denied(index);
        let tests = [
            "screen",
            "screening",
            "test",
            "assessment",
            "challenge",
            "exercise",
            "task",
        ];
        let reached = match self.at(index) {
            "offer" | "offers" | "offered" | "negotiating" | "negotiation" | "negotiations"
            | "negotiate" => {
                let earlier = &self.words[..index];
                let hoped = earlier
                    .iter()
                    .any(|w| matches!(*w, "waiting" | "awaiting" | "wait" | "await"));
                if self.takes_another() {
                    return None;
                }
                if hoped {
                    Status::Interviewing
                } else {
                    Status::Offer
                }
            }
            "interview" | "interviews" if matches!(before, "screening" | "screen") => {
                Status::Screening
            }
            "technical" | "tech" if tests.contains(&next) => Status::Screening,
            "assessment" if matches!(next, "center" | "centre") => Status::Interviewing,
            "interview" | "interviews" | "interviewing" | "interviewed" | "onsite" | "round"
            | "rounds" | "panel" | "superday" | "technical" | "presentation" | "final"
            | "finals" => Status::Interviewing,
            "on" if next == "site" => Status::Interviewing,
            "trial" if next == "day" => Status::Interviewing,
            "case" if next == "study" => Status::Interviewing,
            "screen" | "screens" | "screened" | "screening" | "prescreen" | "assessment"
            | "assessments" | "test" | "tests" | "oa" | "quiz" | "hackerrank" | "codility"
            | "codesignal" | "challenge" | "takehome" | "homework" | "assignment"
            | "questionnaire" | "shortlisted" => Status::Screening,
            "take" if next == "home" => Status::Screening,
            "short" if next == "listed" => Status::Screening,
            "call" if next != "back" && self.is_screening_call(index) => Status::Screening,
            "response" | "reply" | "replied" | "responded" | "heard" | "callback" => {
                return self.answer(index);
            }
            "applied" | "submitted" | "sent" => {
                return Some(if denied {
                    Signal::Saved
                } else {
                    Signal::Reached(Status::Applied)
                });
            }
            "apply" | "applying" if self.before(index) == "not" || denied => {
                let for_good = self.has(&["decided", "wont", "dont", "deciding", "will"])
                    || self.at(index) == "applying";
                return Some(if for_good {
                    Signal::DecidedAgainst
                } else {
                    Signal::Saved
                });
            }
            word => return weak(word, before, next, denied),
        };
        (!denied).then_some(Signal::Reached(reached))
    }

    fn is_screening_call(&self, index: usize) -> bool {
        const KINDS: [&str; 11] = [
            "screening",
            "phone",
            "recruiter",
            "intro",
            "introductory",
            "hr",
            "initial",
            "scheduled",
            "video",
            "first",
            "discovery",
        ];
        self.words.len() == 1
            || KINDS.contains(&self.before(index))
            || self.follows(index, 1, &["scheduled"])
    }

    // Any answer that is not a refusal is a first contact; waiting for one is not.
    fn answer(&self, index: usize) -> Option<Signal> {
        if self.open || self.denied(index) {
            return self
                .open
                .then_some(Signal::UnderWay)
                .or_else(|| matches!(self.at(index), "heard").then_some(Signal::UnderWay));
        }
        let given = match self.at(index) {
            "heard" => self.at(index + 1) == "back" || self.at(index + 1) == "from",
            "response" | "reply" => {
                self.has(&["got", "received", "positive", "had", "have", "new"])
            }
            "callback" => true,
            _ => self.actor(index) != Actor::Me,
        };
        given.then_some(Signal::Reached(Status::Screening))
    }

    /// Whether it is another job that was taken.
    pub(super) fn takes_another(&self) -> bool {
        let took = self.has(&[
            "accepted",
            "accept",
            "accepting",
            "took",
            "signed",
            "taken",
            "joined",
        ]);
        took && self.has(&["another", "other", "different", "elsewhere"])
    }
}

// Words that decide only when nothing stronger is said.
fn weak(word: &str, before: &str, next: &str, denied: bool) -> Option<Signal> {
    match word {
        "started" => (denied).then_some(Signal::Saved),
        _ if denied => None,
        "saved" | "save" | "bookmark" | "bookmarked" | "draft" | "drafted" | "drafting"
        | "wishlist" | "wishlisted" | "todo" | "lead" | "prospect" | "researching" | "planned"
        | "planning" | "target" | "backlog" | "favorite" | "favourite" | "favorited"
        | "starred" | "preparing" | "interested" | "apply" | "applying" | "idea" => {
            Some(Signal::Saved)
        }
        "wish" if next == "list" => Some(Signal::Saved),
        "do" if before == "to" => Some(Signal::Saved),
        "application" | "applications" | "pending" | "waiting" | "awaiting" | "process"
        | "processing" | "progress" | "ongoing" | "review" | "reviewing" | "reviewed"
        | "consideration" | "considered" | "viewed" | "received" | "acknowledged" | "open"
        | "active" | "followed" | "hear" => Some(Signal::UnderWay),
        "follow" if next == "up" => Some(Signal::UnderWay),
        _ => None,
    }
}
