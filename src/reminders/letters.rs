//! The words of mails with reminders. Subjects name no company: whoever looks over one's shoulder must not
//! learn who is looking for work.

use std::collections::HashSet;

use chrono_tz::Tz;

use super::about::About;
use super::model::Stored;
use super::rules::ReminderKind;

/// A reminder with what it is about.
pub(super) struct Item {
    /// The reminder.
    pub(super) reminder: Stored,
    /// What it is about.
    pub(super) about: About,
}

/// What stands around the reminders of a mail.
pub(super) struct Frame<'a> {
    /// The address under which people know the service, without a slash at its end.
    pub(super) address: &'a str,
    /// How the user wants to be called.
    pub(super) name: Option<&'a str>,
    /// The zone in which the user reads a time.
    pub(super) zone: Tz,
}

/// What a kind of reminder is called in the subject of its mail.
fn subject(kind: ReminderKind) -> &'static str {
    match kind {
        ReminderKind::FollowUp => "Rebound: something to look at again",
        ReminderKind::ReplyWindow => "Rebound: a reply is welcome now",
        ReminderKind::FeedbackNudge => "Rebound: one nudge is in place",
        ReminderKind::TouchDue => "Rebound: somebody to get in touch with",
        ReminderKind::GoalDay => "Rebound: a goal for today",
        ReminderKind::Interview => "Rebound: an appointment",
    }
}

/// What a kind of reminder says before it names what it is about.
fn sentence(kind: ReminderKind) -> &'static str {
    match kind {
        ReminderKind::FollowUp => "You wanted to look at this again",
        ReminderKind::ReplyWindow => "The cool-off is over: a short, thankful reply is welcome now",
        ReminderKind::FeedbackNudge => "No answer yet: one friendly nudge is in place now",
        ReminderKind::TouchDue => "It is time to get in touch again",
        ReminderKind::GoalDay => "Still open; a small step counts",
        ReminderKind::Interview => "You have an interview",
    }
}

impl Frame<'_> {
    /// Subject and text of a mail with one reminder.
    pub(super) fn one(&self, item: &Item) -> (String, String) {
        let kind = item.reminder.kind;
        let text = format!(
            "{hello}\n\n{entry}\n\
             Not now? Snooze or dismiss it in your app, or at\n\
             {address}/v1/reminders/{id}\n\n{end}",
            hello = self.hello(),
            entry = self.entry(item),
            address = self.address,
            id = item.reminder.id,
            end = self.end(),
        );
        (subject(kind).to_owned(), text)
    }

    /// Subject and text of the mail of a day; nothing without reminders.
    pub(super) fn digest(&self, items: &[Item]) -> Option<(String, String)> {
        // An interview has two reminders and is one thing to know of.
        let mut seen = HashSet::new();
        let entries: Vec<String> = items
            .iter()
            .filter(|item| seen.insert((item.reminder.kind, item.reminder.resource_id)))
            .map(|item| self.entry(item))
            .collect();
        if entries.is_empty() {
            return None;
        }
        let text = format!(
            "{hello}\n\nthis is what the day holds for you. One thing after the other.\n\n\
             {entries}\n{end}",
            hello = self.hello(),
            entries = entries.join("\n"),
            end = self.end(),
        );
        Some(("Rebound: your day".to_owned(), text))
    }

    fn hello(&self) -> String {
        match self.name {
            Some(name) => format!("Hello {name},"),
            None => "Hello,".to_owned(),
        }
    }

    fn entry(&self, item: &Item) -> String {
        let kind = item.reminder.kind;
        let begins = item.about.begins_at.map(|at| {
            let local = at.with_timezone(&self.zone);
            format!(" on {} ({})", local.format("%Y-%m-%d at %H:%M"), self.zone)
        });
        format!(
            "{sentence}{begins}:\n    {about}\n    {address}{path}/{id}\n",
            sentence = sentence(kind),
            begins = begins.unwrap_or_default(),
            about = item.about.text,
            address = self.address,
            path = kind.resource_type().path(),
            id = item.reminder.resource_id,
        )
    }

    fn end(&self) -> String {
        format!(
            "These mails stop when you set preferences.reminders.mail to \"off\" in your\n\
             app, or by PATCH {}/v1/me\n",
            self.address
        )
    }
}
