//! The templates that come with the service: a brief, a warm and a formal voice for each kind of message.
//!
//! They live in the code, so that they are the same for everyone and cost no rows. Their ids never
//! change.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use uuid::{Uuid, uuid};

use super::handlers::TemplateQuery;
use super::model::{Placeholders, Template};
use crate::http::error::Result;
use crate::http::page::{Key, Window};
use crate::messages::MessageKind::{self, FeedbackRequest, Networking, RejectionReply, ThankYou};

struct Text {
    id: Uuid,
    kind: MessageKind,
    name: &'static str,
    subject: &'static str,
    body: &'static str,
}

/// When they were written: 2026-11-01, midnight in UTC, as their ids say too.
const WRITTEN_AT: DateTime<Utc> =
    DateTime::from_timestamp(1_793_491_200, 0).expect("an instant that the calendar has");

const TEXTS: [Text; 12] = [
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000001"),
        kind: RejectionReply,
        name: "Brief reply to a rejection",
        subject: "Thank you for letting me know",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for letting me know about the {{ job_title }} position, and for your time. I would be glad to hear from you when another role fits.\n\n\
            Kind regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000002"),
        kind: RejectionReply,
        name: "Warm reply to a rejection",
        subject: "Thank you for the opportunity",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for telling me about your decision on the {{ job_title }} position. I enjoyed getting to know the team and learning how {{ company }} works.\n\n\
            I would be happy to be considered for a later role that suits my experience. Until then, I wish you and the team all the best.\n\n\
            Warm regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000003"),
        kind: RejectionReply,
        name: "Formal reply to a rejection",
        subject: "Your decision on the {{ job_title }} position",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for informing me of your decision regarding the {{ job_title }} position. I appreciate the time that you and your colleagues took to consider my application.\n\n\
            I remain interested in {{ company }} and would be grateful to be kept in mind for future openings that suit my experience.\n\n\
            Thank you again for your consideration.\n\n\
            Sincerely,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000004"),
        kind: FeedbackRequest,
        name: "Brief request for feedback",
        subject: "A short question about the {{ job_title }} position",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for considering me for the {{ job_title }} position. I respect your decision. If you have a moment, I would appreciate a line of feedback on what to improve for the next time.\n\n\
            Kind regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000005"),
        kind: FeedbackRequest,
        name: "Warm request for feedback",
        subject: "Thank you, and a question",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for considering me for the {{ job_title }} position, and for the friendly conversations on the way. I understand your decision and respect it.\n\n\
            I would like to learn from it. If {{ company }} shares feedback, even a sentence on what I could improve would help me. If that is not possible, I understand that too.\n\n\
            Warm regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000006"),
        kind: FeedbackRequest,
        name: "Formal request for feedback",
        subject: "Feedback on my application for the {{ job_title }} position",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for considering my application for the {{ job_title }} position at {{ company }}. I understand your decision and fully respect it.\n\n\
            For my own development, I would appreciate any feedback on how I could improve for similar roles. I understand if your policy does not allow it.\n\n\
            Thank you for your time.\n\n\
            Sincerely,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000007"),
        kind: ThankYou,
        name: "Brief thanks after an interview",
        subject: "Thank you for your time",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for the conversation about the {{ job_title }} position. I enjoyed it and look forward to the next step.\n\n\
            Kind regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000008"),
        kind: ThankYou,
        name: "Warm thanks after an interview",
        subject: "It was good to meet you",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for taking the time to meet me. I especially enjoyed talking about {{ topic }}, and I came away with a clearer picture of what the team at {{ company }} is working on.\n\n\
            If anything is still open, I am happy to send it.\n\n\
            Warm regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-000000000009"),
        kind: ThankYou,
        name: "Formal thanks after an interview",
        subject: "Thank you for the interview",
        body: "Dear {{ recipient_name }},\n\n\
            Thank you for the opportunity to interview for the {{ job_title }} position. I appreciated learning more about {{ company }} and the work of the team.\n\n\
            Our conversation confirmed my interest in the role. I would be pleased to provide any further information.\n\n\
            Sincerely,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-00000000000a"),
        kind: Networking,
        name: "Brief hello to someone new",
        subject: "A short hello",
        body: "Dear {{ recipient_name }},\n\n\
            I work in {{ field }} and have been following your work with interest. Would you be open to a short call in the coming weeks?\n\n\
            Thank you for considering it.\n\n\
            Kind regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-00000000000b"),
        kind: Networking,
        name: "Warm word to stay in touch",
        subject: "Good to talk about {{ topic }}",
        body: "Dear {{ recipient_name }},\n\n\
            I enjoyed our conversation about {{ topic }}, and it has stayed with me since. Thank you for sharing your experience so openly.\n\n\
            I am looking for a new role in {{ field }} and would like to stay in touch. If I can be of help to you one day, I will be glad to.\n\n\
            Warm regards,\n\
            {{ sender_name }}",
    },
    Text {
        id: uuid!("01a19467-e800-7000-8000-00000000000c"),
        kind: Networking,
        name: "Formal request for a conversation",
        subject: "Request for a short conversation",
        body: "Dear {{ recipient_name }},\n\n\
            I am exploring opportunities in {{ field }}, and your experience stands out to me.\n\n\
            I would be grateful for fifteen minutes of your time to learn how you see the field. I am happy to follow your schedule.\n\n\
            Thank you for considering my request.\n\n\
            Sincerely,\n\
            {{ sender_name }}",
    },
];

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| TEXTS.iter().map(template).collect());

fn template(text: &Text) -> Template {
    Template {
        id: text.id,
        kind: text.kind,
        name: text.name.to_owned(),
        subject: Some(text.subject.to_owned()),
        body: text.body.to_owned(),
        placeholders: Placeholders::of(Some(text.subject), text.body),
        built_in: true,
        version: 1,
        created_at: WRITTEN_AT,
        updated_at: WRITTEN_AT,
    }
}

/// The one with this id.
pub(super) fn find(id: Uuid) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.id == id)
}

/// The rows of a page: those of the owner's own, sorted, and the built-in ones in their places.
pub(super) fn merged(
    own: Vec<Template>,
    filter: &TemplateQuery,
    window: &Window,
) -> Result<Vec<Template>> {
    let last = window.at_instant()?.last;
    let descending = window.sort.starts_with('-');
    let comes_after = |template: &Template| {
        last.is_none_or(|last| match descending {
            true => instants(template, &window.sort) < last,
            false => instants(template, &window.sort) > last,
        })
    };
    let mut rows = own;
    rows.extend(
        TEMPLATES
            .iter()
            .filter(|it| filter.takes(it) && comes_after(it))
            .cloned(),
    );
    rows.sort_by_key(|template| instants(template, &window.sort));
    if descending {
        rows.reverse();
    }
    Ok(rows)
}

fn instants(template: &Template, sort: &str) -> (DateTime<Utc>, Uuid) {
    let at = match sort.trim_start_matches('-') {
        "updated_at" => template.updated_at,
        _ => template.created_at,
    };
    (at, template.id)
}

/// The place of a template in a sorted list.
pub(super) fn place(template: &Template, sort: &str) -> (Key, Uuid) {
    let (at, id) = instants(template, sort);
    (Key::Instant(at), id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::messages::templates::fill_in;
    use crate::messages::tone;

    /// The texts as somebody would send them.
    fn letters() -> Vec<(&'static Template, String, String)> {
        let values = [
            ("recipient_name", "Ms. Okafor"),
            ("job_title", "Backend Engineer"),
            ("company", "Kite & Anchor"),
            ("sender_name", "Sam Rivera"),
            ("topic", "how you plan releases"),
            ("field", "logistics software"),
        ];
        let values = values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let fill = |template: &'static Template| {
            let subject = template.subject.as_deref();
            let filled = fill_in(subject, &template.body, &values).expect("a letter");
            assert!(
                filled.missing.is_empty(),
                "{}: {:?}",
                template.name,
                filled.missing
            );
            (template, filled.subject.expect("a subject"), filled.body)
        };
        TEMPLATES.iter().map(fill).collect()
    }

    #[test]
    fn the_tone_check_has_nothing_to_say_about_any() {
        let mut blemished = Vec::new();
        for (template, subject, body) in letters() {
            let tone = tone::check(template.kind, Some(&subject), &body);
            let tone = serde_json::to_value(&tone).expect("JSON");
            if tone["verdict"] != "clean" || tone["findings"] != json!([]) {
                blemished.push(format!("{}: {tone:#}", template.name));
            }
        }
        assert!(blemished.is_empty(), "{blemished:#?}");
    }

    #[test]
    fn each_is_short_and_polite_and_says_what_its_kind_is_for() {
        for (template, subject, body) in letters() {
            let name = &template.name;
            let words = body.split_whitespace().count();
            assert!((20..=90).contains(&words), "{name} has {words} words");
            assert!(subject.chars().count() <= 60, "{name}");
            assert!(body.contains("Thank you"), "{name} gives no thanks");
            let says = |any: &[&str]| any.iter().any(|words| body.contains(words));
            let sense: &[&[&str]] = match template.kind {
                // The door stays open.
                RejectionReply => &[&["another role", "later role", "future openings"]],
                // The decision stands; the question is for learning.
                FeedbackRequest => &[&["respect"], &["feedback"], &["improve"]],
                ThankYou => &[&["enjoyed", "appreciated"]],
                Networking => &[&["call", "in touch", "your time"]],
            };
            assert!(sense.iter().all(|any| says(any)), "{name}: {body}");
        }
    }

    #[test]
    fn each_kind_has_three_voices_and_each_id_its_place() {
        for kind in MessageKind::ALL {
            let voices = TEMPLATES.iter().filter(|template| template.kind == *kind);
            let voices: Vec<&str> = voices.filter_map(|it| it.name.split(' ').next()).collect();
            assert_eq!(voices, ["Brief", "Warm", "Formal"]);
        }
        assert!(TEXTS.windows(2).all(|pair| pair[0].id < pair[1].id));
        for text in &TEXTS {
            let (seconds, _) = text.id.get_timestamp().expect("a UUIDv7").to_unix();
            assert_eq!(i64::try_from(seconds), Ok(WRITTEN_AT.timestamp()));
        }
    }

    #[test]
    fn each_could_be_ones_own() {
        use garde::Validate;
        for template in TEMPLATES.iter() {
            let fields = crate::messages::templates::TemplateFields::from(template);
            assert!(fields.validate().is_ok(), "{}", template.name);
        }
    }
}
