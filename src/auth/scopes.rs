//! What a personal access token may do, derived from the path and the method of an operation.
//!
//! A scope is `<resource>:read` or `<resource>:write`. The resource is the first word of the path after
//! `/v1/`, and GET reads; so a new operation has its scope without a line here, in the check of a request
//! and in the API document alike. The exceptions are few, and each makes the rule stricter or says that a
//! POST changes nothing. `write` does not include `read`, and an empty list of scopes grants nothing.

use std::fmt;

/// The resource that nothing else includes: how somebody is.
const WELLBEING: &str = "wellbeing-check-ins";

/// What a token may do with one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

impl Scope {
    /// To see the things in `/v1/<resource>`.
    pub fn read(resource: &str) -> Self {
        Self(format!("{resource}:read"))
    }

    /// To change them.
    pub fn write(resource: &str) -> Self {
        Self(format!("{resource}:write"))
    }

    /// The scope as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an operation asks of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Every one of these scopes.
    Scopes(Vec<Scope>),
    /// No token will do: somebody has to be signed in.
    SignIn,
}

/// What the operation behind a path asks of a token. The path has parameters or values in its places, the
/// method is in upper case. What is not understood is for those who are signed in.
pub fn demand(method: &str, path: &str) -> Demand {
    let Some(path) = path.strip_prefix("/v1/") else {
        return Demand::SignIn;
    };
    let segments: Vec<&str> = path.split('/').collect();
    let reads = matches!(method, "GET" | "HEAD") || computes(method, &segments);
    let resource = match *segments.as_slice() {
        // The profile. Erasing the account is no change of it.
        ["me"] if reads || method == "PATCH" => "me",
        // Password, sessions, tokens, everything at once: what lies below the account is the account itself.
        ["me" | "auth" | "", ..] | [] => return Demand::SignIn,
        // To let somebody else in is up to a person, else a token could show more than its scopes do.
        ["coach-links", ..] if !reads => return Demand::SignIn,
        // It shows reflections, messages and more, which nobody expects behind `applications:read`.
        ["applications", _, "journey"] => "journey",
        [resource, ..] => resource,
    };
    let scope = if reads { Scope::read } else { Scope::write };
    let mut scopes = vec![scope(resource)];
    if resource != WELLBEING && segments.contains(&WELLBEING) {
        scopes.push(scope(WELLBEING));
    }
    Demand::Scopes(scopes)
}

/// A POST that works something out and changes nothing.
fn computes(method: &str, segments: &[&str]) -> bool {
    method == "POST" && matches!(segments, ["tone-checks"] | ["templates", _, "render"])
}

/// The scope that shows resources of a type as events and signals name it, such as `wellbeing_check_in`.
pub fn to_see(resource_type: &str) -> Scope {
    let collection = match resource_type {
        "user" => "me",
        "goal_check_in" => "goals",
        "client_goal_suggestion" | "coach_invitation" => "coach",
        other => return Scope::read(&plural(&other.replace('_', "-"))),
    };
    Scope::read(collection)
}

fn plural(name: &str) -> String {
    match name.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{name}s"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(method: &str, path: &str) -> String {
        match demand(method, path) {
            Demand::SignIn => "sign in".to_owned(),
            Demand::Scopes(scopes) => {
                let texts: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
                texts.join(" ")
            }
        }
    }

    #[test]
    fn the_path_names_the_resource_and_the_method_what_is_done() {
        for (method, path, scope) in [
            ("GET", "/v1/applications", "applications:read"),
            ("HEAD", "/v1/applications/{id}", "applications:read"),
            ("POST", "/v1/applications/batch", "applications:write"),
            (
                "PUT",
                "/v1/applications/by-external-id/{external_id}",
                "applications:write",
            ),
            ("PATCH", "/v1/goals/{id}", "goals:write"),
            (
                "DELETE",
                "/v1/goals/{id}/check-ins/{check_in_id}",
                "goals:write",
            ),
            ("GET", "/v1/insights/pipeline", "insights:read"),
            ("GET", "/v1/exports/applications.csv", "exports:read"),
            ("GET", "/v1/me", "me:read"),
            ("PATCH", "/v1/me", "me:write"),
        ] {
            assert_eq!(asked(method, path), scope, "{method} {path}");
        }
    }

    #[test]
    fn a_post_that_changes_nothing_reads() {
        assert_eq!(asked("POST", "/v1/tone-checks"), "tone-checks:read");
        assert_eq!(asked("POST", "/v1/templates/{id}/render"), "templates:read");
        assert_eq!(asked("POST", "/v1/templates"), "templates:write");
    }

    #[test]
    fn no_token_reaches_the_account_or_lets_anybody_in() {
        for (method, path) in [
            ("DELETE", "/v1/me"),
            ("POST", "/v1/me/password"),
            ("GET", "/v1/me/sessions"),
            ("DELETE", "/v1/me/sessions/{id}"),
            ("POST", "/v1/me/tokens"),
            ("GET", "/v1/me/tokens"),
            ("DELETE", "/v1/me/tokens/{id}"),
            ("GET", "/v1/me/export"),
            ("GET", "/v1/me/something-new"),
            ("POST", "/v1/auth/login"),
            ("POST", "/v1/coach-links"),
            ("PATCH", "/v1/coach-links/{id}"),
            ("POST", "/v1/coach-links/{id}/transitions"),
            ("GET", "/metrics"),
            ("GET", "/v1"),
            ("GET", "/v1/"),
        ] {
            assert_eq!(asked(method, path), "sign in", "{method} {path}");
        }
        assert_eq!(asked("GET", "/v1/coach-links"), "coach-links:read");
    }

    #[test]
    fn a_journey_has_a_scope_of_its_own_and_so_has_wellbeing_wherever_it_is_shown() {
        assert_eq!(
            asked("GET", "/v1/applications/{id}/journey"),
            "journey:read"
        );
        assert_eq!(
            asked("GET", "/v1/coach/clients/{seeker_id}/goals"),
            "coach:read"
        );
        assert_eq!(
            asked("GET", "/v1/coach/clients/{seeker_id}/wellbeing-check-ins"),
            "coach:read wellbeing-check-ins:read"
        );
        assert_eq!(
            asked("DELETE", "/v1/wellbeing-check-ins"),
            "wellbeing-check-ins:write"
        );
    }

    #[test]
    fn the_type_of_a_resource_says_what_it_takes_to_see_it() {
        for (resource_type, scope) in [
            ("wellbeing_check_in", "wellbeing-check-ins:read"),
            ("networking_activity", "networking-activities:read"),
            ("goal_check_in", "goals:read"),
            ("user", "me:read"),
            ("coach_invitation", "coach:read"),
            ("application", "applications:read"),
        ] {
            assert_eq!(to_see(resource_type).as_str(), scope);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_no_reading_needs_a_scope_to_write_or_a_sign_in(
            method in "POST|PUT|PATCH|DELETE|QUERY|X",
            path in "/v1(/[a-z{}-]{0,12}){0,4}",
        ) {
            prop_assume!(!computes(&method, &path.split('/').skip(2).collect::<Vec<_>>()));
            if let Demand::Scopes(scopes) = demand(&method, &path) {
                prop_assert!(!scopes.is_empty());
                prop_assert!(scopes.iter().all(|scope| scope.as_str().ends_with(":write")));
            }
        }

        #[test]
        fn below_the_account_nothing_is_for_tokens(method in "[A-Z]{3,6}", rest in "[a-z/{}-]{0,20}") {
            prop_assert_eq!(demand(&method, &format!("/v1/me/{rest}")), Demand::SignIn);
        }
    }
}
