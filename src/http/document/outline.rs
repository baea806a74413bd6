//! What the service has to know of the document.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A complete document. All else in it is passed over unread.
#[derive(Deserialize)]
pub(super) struct Outline {
    /// The operations by their methods, by their paths.
    pub(super) paths: BTreeMap<String, BTreeMap<String, OperationOutline>>,
}

impl Outline {
    /// Every scope that some operation asks of a personal access token.
    pub(super) fn scopes(&self) -> BTreeSet<String> {
        let operations = self.paths.values().flat_map(BTreeMap::values);
        let ways = operations.flat_map(|operation| &operation.security);
        // The token of a session has none.
        let scopes = ways.flat_map(BTreeMap::values).flatten();
        scopes.cloned().collect()
    }
}

/// An operation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OperationOutline {
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) operation_id: String,
    #[serde(default)]
    parameters: Vec<ParameterOutline>,
    responses: BTreeMap<String, AnswerOutline>,
    /// What each way to sign in asks for.
    #[serde(default)]
    security: Vec<BTreeMap<String, Vec<String>>>,
    #[serde(rename = "x-deprecated-at")]
    pub(super) deprecated_at: Option<DateTime<Utc>>,
    #[serde(rename = "x-sunset-at")]
    pub(super) sunset_at: Option<DateTime<Utc>>,
}

impl OperationOutline {
    /// The query parameters that it takes.
    pub(super) fn query_parameters(&self) -> Vec<String> {
        let parameters = self.parameters.iter().filter(|it| it.place == "query");
        parameters.map(|it| it.name.clone()).collect()
    }

    /// The media types that it sends when all is well.
    pub(super) fn sent_types(&self) -> Vec<String> {
        let answers = self
            .responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'));
        answers
            .flat_map(|(_, answer)| answer.content.keys().cloned())
            .collect()
    }
}

#[derive(Deserialize)]
struct ParameterOutline {
    #[serde(rename = "in")]
    place: String,
    name: String,
}

#[derive(Deserialize)]
struct AnswerOutline {
    #[serde(default)]
    content: BTreeMap<String, IgnoredAny>,
}
