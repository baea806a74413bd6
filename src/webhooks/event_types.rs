//! The types of events that an endpoint can ask for.
//!
//! How one is stays with the service: wellbeing is never sent, whatever is asked for.

use std::collections::BTreeSet;

use crate::events::kinds;

/// What the type of each event about wellbeing begins with.
const WELLBEING: &str = "wellbeing";
/// What a ping says of itself.
pub(super) const PING: &str = "ping";

/// Every type that is sent.
fn sent() -> impl Iterator<Item = &'static str> {
    let resources = kinds::ALL.iter();
    resources
        .filter(|resource| !resource.name.starts_with(WELLBEING))
        .flat_map(|resource| resource.events.iter().copied())
}

/// Does a name that an endpoint asks for cover a type: `application.created`, `application.*`, `*`?
fn covers(name: &str, kind: &str) -> bool {
    match name.strip_suffix('*') {
        Some("") => true,
        Some(start) => start.ends_with('.') && kind.starts_with(start),
        None => name == kind,
    }
}

/// Why a name cannot be asked for, as `code: sentence`.
pub(super) fn fault(name: &str) -> Option<&'static str> {
    if name.starts_with(WELLBEING) {
        Some("never_sent: How you are is never sent anywhere.")
    } else if sent().any(|kind| covers(name, kind)) {
        None
    } else {
        Some("unknown_value: A type such as application.created, or application.*, or *.")
    }
}

/// Every name that can be asked for.
pub(super) fn names() -> BTreeSet<String> {
    let resources = sent().filter_map(|kind| kind.split_once('.'));
    let whole = resources.map(|(resource, _)| format!("{resource}.*"));
    sent()
        .map(str::to_owned)
        .chain(whole)
        .chain(["*".to_owned()])
        .collect()
}

/// The types that some names ask for.
pub(super) fn wanted(names: &[String]) -> Vec<&'static str> {
    sent()
        .filter(|kind| names.iter().any(|name| covers(name, kind)))
        .collect()
}

/// The types of resources that some names tell of.
pub(super) fn resources(names: &[String]) -> Vec<&'static str> {
    let mut resources: Vec<&str> = wanted(names)
        .into_iter()
        .filter_map(|kind| kind.split_once('.').map(|(resource, _)| resource))
        .collect();
    resources.dedup();
    resources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_document_are_those_that_are_taken() {
        let names = names();
        assert!(names.iter().all(|name| fault(name).is_none()));
        for resource in kinds::ALL {
            for name in resource.events.iter().map(|kind| (*kind).to_owned()) {
                assert_eq!(names.contains(&name), fault(&name).is_none(), "{name}");
            }
        }
        assert!(names.contains("*") && names.contains("application.*"));
    }

    #[test]
    fn a_star_stands_for_all_types_of_a_resource_or_for_all() {
        let wanted = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            wanted(&names)
        };
        assert_eq!(wanted(&["goal.created"]), ["goal.created"]);
        assert_eq!(
            wanted(&["interview.*", "goal.created"]),
            [
                "interview.created",
                "interview.updated",
                "interview.deleted",
                "goal.created"
            ]
        );
        assert!(wanted(&["*"]).len() > 50 && wanted(&["*"]).len() == sent().count());
        assert!(wanted(&["goal*"]).is_empty() && wanted(&[".*"]).is_empty());
    }

    #[test]
    fn wellbeing_can_neither_be_asked_for_nor_is_it_among_all() {
        for name in [
            "wellbeing_check_in.created",
            "wellbeing_check_in.*",
            "wellbeing",
        ] {
            assert!(fault(name).is_some_and(|why| why.starts_with("never_sent: ")));
        }
        assert!(!sent().any(|kind| kind.contains("wellbeing")));
    }

    #[test]
    fn an_unknown_type_is_refused() {
        for name in [
            "",
            "application",
            "application.",
            "application.eaten",
            "goal*",
            ".*",
            "**",
        ] {
            assert!(
                fault(name).is_some_and(|why| why.starts_with("unknown_value: ")),
                "{name}"
            );
        }
        assert_eq!(fault("*"), None);
        assert_eq!(fault("application.*"), None);
    }
}
