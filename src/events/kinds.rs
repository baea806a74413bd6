//! What can happen: every type of event, with the address of its resource.
//!
//! It is the one list of names that writers and readers share: whoever records an event that is not in it
//! is told by the first test.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// A type of resource, and what can happen to it.
#[derive(Debug)]
pub struct ResourceKind {
    /// Its name, which stands before the dot.
    pub name: &'static str,
    /// Where one is read: `{id}` is its own id, other names are members of the event's data.
    pub path: &'static str,
    /// The types of its events.
    pub events: &'static [&'static str],
}

/// The end of the type of every tombstone: the resource is gone.
const GONE: &str = ".deleted";

/// Everything that can happen, in the order of the API.
pub const ALL: &[ResourceKind] = &[
    ResourceKind {
        name: "user",
        path: "/v1/me",
        events: &["user.updated"],
    },
    ResourceKind {
        name: "application",
        path: "/v1/applications/{id}",
        events: &[
            "application.created",
            "application.updated",
            "application.transitioned",
            "application.noted",
            "application.deleted",
        ],
    },
    ResourceKind {
        name: "interview",
        path: "/v1/interviews/{id}",
        events: &[
            "interview.created",
            "interview.updated",
            "interview.deleted",
        ],
    },
    ResourceKind {
        name: "rejection",
        path: "/v1/rejections/{id}",
        events: &[
            "rejection.opened",
            "rejection.updated",
            "rejection.replied",
            "rejection.closed",
            "rejection.superseded",
            "rejection.deleted",
        ],
    },
    ResourceKind {
        name: "template",
        path: "/v1/templates/{id}",
        events: &["template.created", "template.updated", "template.deleted"],
    },
    ResourceKind {
        name: "message",
        path: "/v1/messages/{id}",
        events: &[
            "message.created",
            "message.updated",
            "message.transitioned",
            "message.deleted",
        ],
    },
    ResourceKind {
        name: "feedback_request",
        path: "/v1/feedback-requests/{id}",
        events: &[
            "feedback_request.created",
            "feedback_request.updated",
            "feedback_request.transitioned",
            "feedback_request.nudged",
            "feedback_request.deleted",
        ],
    },
    ResourceKind {
        name: "reflection",
        path: "/v1/reflections/{id}",
        events: &[
            "reflection.created",
            "reflection.updated",
            "reflection.deleted",
        ],
    },
    ResourceKind {
        name: "goal",
        path: "/v1/goals/{id}",
        events: &[
            "goal.created",
            "goal.updated",
            "goal.transitioned",
            "goal.deleted",
        ],
    },
    ResourceKind {
        name: "goal_check_in",
        path: "/v1/goals/{goal_id}/check-ins/{id}",
        events: &["goal_check_in.created", "goal_check_in.deleted"],
    },
    ResourceKind {
        name: "contact",
        path: "/v1/contacts/{id}",
        events: &["contact.created", "contact.updated", "contact.deleted"],
    },
    ResourceKind {
        name: "networking_activity",
        path: "/v1/networking-activities/{id}",
        events: &[
            "networking_activity.created",
            "networking_activity.updated",
            "networking_activity.deleted",
        ],
    },
    ResourceKind {
        name: "wellbeing_check_in",
        path: "/v1/wellbeing-check-ins/{id}",
        events: &[
            "wellbeing_check_in.created",
            "wellbeing_check_in.updated",
            "wellbeing_check_in.deleted",
        ],
    },
    ResourceKind {
        name: "reminder",
        path: "/v1/reminders/{id}",
        events: &[
            "reminder.created",
            "reminder.updated",
            "reminder.due",
            "reminder.transitioned",
            "reminder.deleted",
        ],
    },
    ResourceKind {
        name: "coach_link",
        path: "/v1/coach-links/{id}",
        events: &[
            "coach_link.created",
            "coach_link.updated",
            "coach_link.transitioned",
        ],
    },
    ResourceKind {
        name: "coach_note",
        path: "/v1/coach-notes/{id}",
        events: &["coach_note.shared", "coach_note.deleted"],
    },
    ResourceKind {
        name: "goal_suggestion",
        path: "/v1/goal-suggestions/{id}",
        events: &["goal_suggestion.created", "goal_suggestion.transitioned"],
    },
    ResourceKind {
        name: "coach_invitation",
        path: "/v1/coach/invitations/{id}",
        events: &[
            "coach_invitation.updated",
            "coach_invitation.transitioned",
            "coach_invitation.deleted",
        ],
    },
    // The coach's own log has these of the same note, which the coach finds elsewhere.
    ResourceKind {
        name: "coach_note",
        path: "/v1/coach/clients/{seeker_id}/notes/{id}",
        events: &["coach_note.created", "coach_note.updated"],
    },
    ResourceKind {
        name: "client_goal_suggestion",
        path: "/v1/coach/clients/{seeker_id}/goal-suggestions/{id}",
        events: &[
            "client_goal_suggestion.created",
            "client_goal_suggestion.transitioned",
        ],
    },
    ResourceKind {
        name: "webhook",
        path: "/v1/webhooks/{id}",
        events: &[
            "webhook.created",
            "webhook.updated",
            "webhook.secret_rotated",
            "webhook.enabled",
            "webhook.disabled",
            "webhook.deleted",
        ],
    },
    ResourceKind {
        name: "calendar_feed",
        path: "/v1/calendar-feeds/{id}",
        events: &[
            "calendar_feed.created",
            "calendar_feed.updated",
            "calendar_feed.deleted",
        ],
    },
    ResourceKind {
        name: "import",
        path: "/v1/imports/{id}",
        events: &["import.created", "import.updated", "import.transitioned"],
    },
];

/// Is this the type of an event that can be recorded?
pub fn is_known(kind: &str) -> bool {
    ALL.iter().any(|resource| resource.events.contains(&kind))
}

/// Where the resource of an event is read; nothing when it is gone.
pub fn address(kind: &str, id: Uuid, data: &Value) -> Option<String> {
    if kind.ends_with(GONE) {
        return None;
    }
    let resource = ALL.iter().find(|it| it.events.contains(&kind))?;
    let mut path = String::new();
    for segment in resource.path.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{').map(|it| it.trim_end_matches('}')) {
            None => path.push_str(segment),
            Some("id") => path.push_str(&id.to_string()),
            Some(member) => path.push_str(data[member].as_str()?),
        }
    }
    Some(path)
}

/// Types of events that a client asks for: one, or all of a resource as in `application.*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Wanted(String);

impl PartialSchema for Wanted {
    fn schema() -> RefOr<Schema> {
        let all = ALL.iter().flat_map(|resource| {
            let types = resource.events.iter().map(|kind| (*kind).to_owned());
            types.chain([format!("{}.*", resource.name)])
        });
        // A resource that is read at two places is there once.
        let names: BTreeSet<String> = all.collect();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(names))
            .into()
    }
}

impl ToSchema for Wanted {}

impl TryFrom<String> for Wanted {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let known = match text.strip_suffix(".*") {
            Some(name) => ALL.iter().any(|resource| resource.name == name),
            None => is_known(&text),
        };
        known.then_some(Self(text)).ok_or("no type of an event")
    }
}

impl Wanted {
    fn covers(&self, resource: &ResourceKind, kind: &str) -> bool {
        self.0 == kind || self.0.strip_suffix(".*") == Some(resource.name)
    }
}

/// The types that are wanted, all of them when none is named, of the resources that may be read.
pub fn chosen(wanted: &[Wanted], may_read: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let readable = ALL.iter().filter(|resource| may_read(resource.name));
    readable
        .flat_map(|resource| resource.events.iter().map(move |kind| (resource, *kind)))
        .filter(|(resource, kind)| {
            wanted.is_empty() || wanted.iter().any(|it| it.covers(resource, kind))
        })
        .map(|(_, kind)| kind)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(texts: &[&str]) -> Vec<Wanted> {
        let wanted = texts.iter().map(|it| Wanted::try_from((*it).to_owned()));
        wanted.map(|it| it.expect("a type")).collect()
    }

    #[test]
    fn each_type_is_listed_once_under_its_resource() {
        let mut seen = BTreeSet::new();
        for resource in ALL {
            for kind in resource.events {
                let (name, verb) = kind.split_once('.').expect("a dot");
                assert!(name == resource.name && !verb.is_empty(), "{kind}");
                assert!(seen.insert(kind), "{kind} is there twice");
            }
        }
    }

    #[test]
    fn one_asks_for_types_or_for_all_of_a_resource() {
        let everything = |_: &str| true;
        let found = chosen(&wanted(&["goal_check_in.*", "goal.created"]), everything);
        assert_eq!(
            found,
            [
                "goal.created",
                "goal_check_in.created",
                "goal_check_in.deleted"
            ]
        );
        let all = chosen(&[], everything);
        assert!(all.len() > 50 && all.iter().all(|kind| is_known(kind)));
        for text in ["goal", "goal.", "goal.*.", "goals.*", "*", "goal.vanished"] {
            assert!(Wanted::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_may_not_be_read_is_not_told_of() {
        let without = |name: &str| name != "wellbeing_check_in";
        let found = chosen(&[], without);
        assert!(!found.iter().any(|kind| kind.starts_with("wellbeing")));
        assert!(chosen(&wanted(&["wellbeing_check_in.*"]), without).is_empty());
    }

    #[test]
    fn the_address_names_the_resource_and_what_it_is_in() {
        let (id, goal) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let data = json!({"goal_id": goal});
        assert_eq!(
            address("goal_check_in.created", id, &data),
            Some(format!("/v1/goals/{goal}/check-ins/{id}"))
        );
        assert_eq!(address("goal_check_in.created", id, &Value::Null), None);
        assert_eq!(address("goal_check_in.deleted", id, &data), None);
        assert_eq!(
            address("user.updated", id, &Value::Null).as_deref(),
            Some("/v1/me")
        );
    }
}
