//! What stands around the sections of a document.

use serde_json::{Value, json};

use super::model::{AccountRecord, FORMAT};
use super::sections::Section;
use crate::http::error::FieldError;
use crate::http::shape;

/// More faults than this are not worth a longer list.
pub const MOST_FAULTS: usize = 100;

/// What a document has been found to hold.
#[derive(Default)]
pub struct Findings {
    /// The sections, in the order of the document, each with its number of rows.
    pub sections: Vec<(&'static Section, usize)>,
    /// Who it is of.
    pub account: Option<AccountRecord>,
    has_format: bool,
    /// What is wrong with it.
    pub faults: Vec<FieldError>,
}

impl Findings {
    /// Looks at a member that is no section.
    pub fn member(&mut self, name: &str, value: Value) {
        match name {
            "format" => {
                self.has_format = true;
                if value != FORMAT {
                    let detail = format!("This service reads {FORMAT}.");
                    self.fault("/format", "unknown_value", detail);
                }
            }
            "exported_at" => {
                let instant = value
                    .as_str()
                    .map(str::parse::<chrono::DateTime<chrono::Utc>>);
                if !value.is_null() && !matches!(instant, Some(Ok(_))) {
                    self.fault("/exported_at", "invalid_value", "This is no instant.");
                }
            }
            "account" => match shape::read(value) {
                Ok(account) => self.account = Some(account),
                Err(faults) => self.below("/account", faults),
            },
            other => {
                let mut pointer = String::new();
                crate::http::text::push_token(&mut pointer, other);
                self.fault(&pointer, "unknown_member", "There is no such member here.");
            }
        }
    }

    /// Looks at a row of a section.
    pub fn row(&mut self, section: &'static Section, number: usize, row: Value) {
        if let Some((_, rows)) = self.sections.last_mut() {
            *rows = number + 1;
        }
        let faults = (section.check)(row);
        if !faults.is_empty() {
            self.below(&format!("/{}/{number}", section.name), faults);
        }
    }

    /// Says what is missing, once the whole document was seen.
    pub fn end(&mut self) {
        let told =
            |faults: &[FieldError]| faults.iter().any(|it| it.pointer.starts_with("/account"));
        if !self.has_format {
            self.fault("/format", "required", "This member is required.");
        }
        if self.account.is_none() && !told(&self.faults) {
            self.fault("/account", "required", "This member is required.");
        }
    }

    /// Is there so much wrong with it that nobody reads on?
    pub fn is_hopeless(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    /// Do the sections stand in the order in which they can be written?
    pub fn is_in_order(&self, all: &'static [Section]) -> bool {
        let place = |section: &Section| all.iter().position(|it| it.name == section.name);
        self.sections
            .is_sorted_by_key(|(section, _)| place(section))
    }

    fn fault(
        &mut self,
        pointer: &str,
        code: &'static str,
        detail: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.faults.push(FieldError::new(pointer, code, detail));
    }

    fn below(&mut self, place: &str, faults: Vec<FieldError>) {
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        for mut fault in faults.into_iter().take(room) {
            fault.pointer.insert_str(0, place);
            self.faults.push(fault);
        }
    }
}

/// The members before the sections.
pub fn head(
    account: AccountRecord,
    now: chrono::DateTime<chrono::Utc>,
) -> serde_json::Result<String> {
    let account = serde_json::to_string(&account)?;
    Ok(format!(
        "\"format\":{},\n\"exported_at\":{},\n\"account\":{account}",
        json!(FORMAT),
        json!(now)
    ))
}
