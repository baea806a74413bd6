//! Mails: written from a template, sent by SMTP, or into a folder or the log for development.
//!
//! Sending happens in jobs, never in a request: a slow mail server holds up nobody, and whether an
//! address is known cannot be told from the time that an answer takes.

use std::path::PathBuf;

use lettre::message::{Mailbox, SinglePart};
use lettre::{FileTransport, Message, SmtpTransport, Transport};

use crate::config::Settings;
use crate::http::error::{Error, Result};

/// Why the mail settings cannot be used, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The URL has an unknown form; it may hold a password, so it is not shown.
    #[error(
        "--mail-url cannot be read. Write log:, file:/folder or smtps://user:password@host:465"
    )]
    Url,
    /// The sender is no address.
    #[error("--mail-from is no address. Write it like: Rebound <rebound@example.com>")]
    Sender,
    /// The folder cannot be made.
    #[error("The mail folder {0} cannot be made: {1}")]
    Folder(PathBuf, std::io::Error),
}

enum Way {
    Log,
    Folder(FileTransport),
    Smtp(Box<SmtpTransport>),
}

/// Sends mails in the one way that the settings name.
pub struct Mailer {
    way: Way,
    from: Mailbox,
}

/// A mail before it is sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The one address that it goes to.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same for each try, so that a mail server can drop a second copy.
    pub message_id: String,
}

/// A `Message-ID` made of what a mail is about and the address under which people know the service.
pub fn message_id(about: &str, address: &str) -> String {
    let url = url::Url::parse(address).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    format!("<{about}@{}>", host.unwrap_or("localhost"))
}

impl Mailer {
    /// Reads the settings; connects to nobody yet.
    pub fn new(settings: &Settings) -> std::result::Result<Self, MailError> {
        let from = settings.mail_from.parse().map_err(|_| MailError::Sender)?;
        let url = settings.mail_url.expose();
        let way = if url == "log:" {
            Way::Log
        } else if let Some(folder) = url.strip_prefix("file:") {
            let folder = PathBuf::from(folder.strip_prefix("//").unwrap_or(folder));
            std::fs::create_dir_all(&folder)
                .map_err(|error| MailError::Folder(folder.clone(), error))?;
            Way::Folder(FileTransport::new(folder))
        } else if url.starts_with("smtp") {
            let transport = SmtpTransport::from_url(url).map_err(|_| MailError::Url)?;
            let timeout = std::time::Duration::from_secs(20);
            Way::Smtp(Box::new(transport.timeout(Some(timeout)).build()))
        } else {
            return Err(MailError::Url);
        };
        Ok(Self { way, from })
    }

    /// Sends a mail; blocks, so it belongs into a job.
    pub fn send(&self, mail: &Mail) -> Result<()> {
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|_| Error::internal("a mail has no valid address"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .message_id(Some(mail.message_id.clone()))
            .singlepart(SinglePart::plain(mail.text.clone()))
            .map_err(|error| Error::internal(format!("a mail cannot be written: {error}")))?;
        let failed = |reason: String| Error::internal(format!("a mail cannot be sent: {reason}"));
        match &self.way {
            // For development: the one place where a mail's text is logged, because it is asked for.
            Way::Log => {
                log::info!(subject = mail.subject.as_str(), text = mail.text.as_str(); "mail")
            }
            Way::Folder(transport) => {
                transport
                    .send(&message)
                    .map_err(|error| failed(error.to_string()))?;
            }
            Way::Smtp(transport) => {
                // The server's words could repeat the address.
                transport
                    .send(&message)
                    .map_err(|error| failed(format!("status {:?}", error.status())))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_ends_in_the_host_people_know() {
        let id = message_id("x.1", "https://rebound.example/app");
        assert_eq!(id, "<x.1@rebound.example>");
    }
}
