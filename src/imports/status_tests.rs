//! What status cells mean, as a table that a reader can disagree with.

use super::status::{Reading, Status, understand};
use Status::*;
use proptest::prelude::*;

fn assert_meaning(status: Status, furthest: impl Into<Option<Status>>, texts: &[&str]) {
    let furthest = furthest.into();
    for text in texts {
        let expected = Some(Reading { status, furthest });
        assert_eq!(understand(text), expected, "{text:?}");
    }
}

#[test]
fn the_services_own_words_mean_themselves() {
    for status in Status::ALL.iter().copied() {
        let read = understand(status.as_str()).map(|reading| reading.status);
        assert_eq!(read, Some(status));
    }
}

#[test]
fn not_yet_applied_is_saved() {
    assert_meaning(
        Saved,
        Saved,
        &[
            "Saved",
            "Bookmarked",
            "draft",
            "Wishlist",
            "wish list",
            "To apply",
            "to-apply",
            "Not applied yet",
            "Haven't applied",
            "not yet applied",
            "Plan to apply",
            "Will apply",
            "To do",
            "Interested",
            "Not started",
            "Draft application",
            "did not apply",
        ],
    );
    assert_meaning(
        Withdrawn,
        Saved,
        &["Decided not to apply", "Won't apply", "Not applying"],
    );
}

#[test]
fn being_under_way_is_no_more_than_applied() {
    assert_meaning(
        Applied,
        Applied,
        &[
            "Applied",
            "APPLIED!",
            "applied ✅",
            "Application sent",
            "Submitted",
            "waiting",
            "Waiting to hear back",
            "in process",
            "In Progress",
            "Pending",
            "Under review",
            "under consideration",
            "No response yet",
            "Still no response",
            "haven't heard back",
            "Not heard back yet",
            "Awaiting response",
            "application received",
            "Not rejected yet, waiting",
            "Followed up",
        ],
    );
}

#[test]
fn first_contacts_and_tests_are_screening() {
    assert_meaning(
        Screening,
        Screening,
        &[
            "Screening",
            "Phone screen",
            "Phone Screen",
            "screening call",
            "Recruiter call",
            "Assessment",
            "online test",
            "Take-home",
            "Coding challenge",
            "Technical test",
            "Screening interview",
            "Heard back",
            "Got a response",
            "Shortlisted",
            "Passed phone screen",
            "HackerRank",
            "OA",
        ],
    );
}

#[test]
fn interviews_of_any_round_are_interviewing() {
    assert_meaning(
        Interviewing,
        Interviewing,
        &[
            "Interview",
            "First interview",
            "Second interview",
            "Interviewing",
            "2nd round",
            "Onsite",
            "on-site",
            "Final round",
            "Interview scheduled",
            "Phone screen, then onsite",
            "Applied → Interview",
            "Waiting for offer",
            "Interviewed, waiting",
            "Awaiting response after interview",
            "Panel interview",
            "accepted for interview",
            "Invited to interview",
        ],
    );
}

#[test]
fn offers_are_offers_until_somebody_decides() {
    assert_meaning(
        Offer,
        Offer,
        &[
            "Offer",
            "Offer received",
            "Negotiating",
            "Salary negotiation",
            "Got an offer!",
            "Verbal offer",
            "Offer - waiting to decide",
            "Offered",
        ],
    );
    assert_meaning(
        Accepted,
        Offer,
        &[
            "Accepted",
            "Hired",
            "hired 🎉",
            "Offer accepted",
            "Accepted offer",
            "I accepted the offer",
            "Got the job",
            "Signed the contract",
        ],
    );
    assert_meaning(
        Declined,
        Offer,
        &[
            "Declined",
            "Offer declined",
            "I declined the offer",
            "Declined offer",
            "declined the offer",
            "Turned down offer",
            "Turned down the offer",
            "Offer rejected by me",
            "Rejected the offer",
            "I rejected their offer",
            "I declined",
            "Offer was declined",
            "Withdrew after offer",
            "I turned down the offer",
            "Passed on the offer",
        ],
    );
}

#[test]
fn the_employers_no_is_a_rejection_with_the_stage_it_came_after() {
    assert_meaning(
        Rejected,
        None,
        &[
            "Rejected",
            "Rejection 😞",
            "Not Selected",
            "Declined by company",
            "Declined by employer",
            "Turned down",
            "they declined me",
            "They turned me down",
            "I was rejected",
            "Got rejected",
            "Unsuccessful",
            "Not moving forward",
            "No longer under consideration",
            "Position filled",
            "Role cancelled",
            "Not hired",
            "Rejected without interview",
            "Rejected before interview",
            "Not selected for interview",
            "Went with another candidate",
            "Hired someone else",
            "They passed on me",
            "rejected, no offer",
            "I was declined",
            "No offer, rejected",
            "Denied",
            "Not successful",
            "They withdrew",
            "Ghosted, then rejected",
            "Not accepted",
            "hired internally",
        ],
    );
    assert_eq!(
        understand("Application declined").map(|r| r.status),
        Some(Rejected)
    );
    assert_meaning(
        Rejected,
        Interviewing,
        &[
            "Rejected after interview",
            "Rejected (interview)",
            "Interview - rejected",
            "Not selected after interview",
            "Failed interview",
            "Declined after interview",
            "No offer after onsite, rejected",
            "Rejected after 2nd round",
            "Phone screen → onsite → rejected",
            "Didn't pass the final round",
        ],
    );
    assert_meaning(
        Rejected,
        Screening,
        &[
            "Rejected after phone screen",
            "Failed assessment",
            "Did not pass the test",
            "Screening: rejected",
        ],
    );
    assert_meaning(
        Rejected,
        Offer,
        &[
            "Offer rescinded",
            "Offer withdrawn",
            "Rejected after offer",
            "They withdrew the offer",
            "Offer revoked by company",
        ],
    );
}

#[test]
fn silence_is_ghosted() {
    assert_meaning(
        Ghosted,
        None,
        &[
            "Ghosted",
            "No response",
            "No Response 👻",
            "no reply",
            "Never heard back",
            "Didn't hear back",
            "Expired",
            "no answer",
            "I got ghosted",
            "Radio silence",
            "crickets",
            "They never replied",
            "No response received",
        ],
    );
    assert_meaning(
        Ghosted,
        Interviewing,
        &[
            "Ghosted after interview",
            "No response after interview",
            "Interview / ghosted",
        ],
    );
    assert_meaning(Ghosted, Screening, &["No reply after phone screen"]);
}

#[test]
fn stepping_back_is_withdrawn() {
    assert_meaning(
        Withdrawn,
        None,
        &[
            "Withdrawn",
            "I Withdrew",
            "Withdrew",
            "Backed out",
            "Dropped out",
            "Not interested",
            "No longer interested",
            "Rejected by me",
            "I rejected them",
            "I ghosted them",
            "Accepted another offer",
            "Took another job",
            "Not pursuing",
            "I passed on it",
            "I decided not to proceed",
        ],
    );
    assert_meaning(
        Withdrawn,
        Interviewing,
        &[
            "Withdrew after interview",
            "I declined the interview",
            "Declined interview",
        ],
    );
    assert_eq!(
        understand("Withdrew my application").map(|r| r.status),
        Some(Withdrawn)
    );
}

#[test]
fn what_says_nothing_certain_is_not_understood() {
    for text in [
        "archived",
        "Closed",
        "on hold",
        "???",
        "👻",
        "",
        "42",
        "Other",
        "blue",
        &"applied ".repeat(100),
    ] {
        assert_eq!(understand(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn understanding_never_panics(text in any::<String>()) {
        let _ = understand(&text);
    }

    #[test]
    fn case_and_decoration_do_not_change_the_meaning(
        text in prop::sample::select(vec!["Rejected after interview", "No response", "Offer declined", "Phone screen"]),
        decoration in "[ 😀👻✅★]{0,4}",
        upper in any::<bool>(),
    ) {
        let cased = if upper { text.to_uppercase() } else { text.to_lowercase() };
        prop_assert_eq!(understand(&format!("{decoration}{cased}{decoration}")), understand(text));
    }
}
