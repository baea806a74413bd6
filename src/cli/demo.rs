//! `rebound demo`: a seeker with half a year of history and a coach with a dozen further clients of every
//! kind, made by the same code as the API.
//!
//! The history is the same for each run but for its dates, which end today: it is computed from a small
//! table, not drawn by chance, so that screenshots and tours can rely on it.

mod acquaintances;
mod clients;
mod coaching;
mod goals;
mod lessons;
mod life;
mod stories;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use clap::Args;
use diesel::PgConnection;
use uuid::Uuid;

use self::clients::CLIENTS;
use super::user::{as_nobody, erase, explain};
use super::{Failure, database};
use crate::account::{self, NewUser, preferences};
use crate::applications::rules::Status;
use crate::applications::{
    Application, ApplicationFields, NewNote, WantedMove, WorkMode, add_note, create, record_move,
};
use crate::auth::passwords;
use crate::clock::real_now;
use crate::config::DatabaseSettings;
use crate::db::{Access, Owner, Tx, ids, in_transaction};
use crate::http::error::Result;
use crate::interviews::{self, InterviewFields, InterviewKind, InterviewOutcome};
use crate::messages::{self, MessageKind, MessageMove, MessageStatus, NewMessage};
use crate::rejections::{Channel, Details, ReasonBasis, ReasonCode};

/// What `rebound demo` can be told.
#[derive(Args)]
pub struct DemoArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    /// Take the demo away again, with everything there is of its people
    #[arg(long)]
    remove: bool,
}

/// Addresses that can belong to nobody (RFC 2606).
const SEEKER: &str = "seeker@demo.example";
const SEEKER_NAME: &str = "Sam";
const COACH: &str = "coach@demo.example";
const COACH_NAME: &str = "Coach Robin";

/// Days of history.
const DAYS: i64 = 182;

const COMPANIES: [&str; 12] = [
    "Kite & Anchor",
    "Blue Heron Energy",
    "Müller Präzision GmbH",
    "Crédit Rivage",
    "Tessellate",
    "Habitat Robotics",
    "O'Hara Logistics",
    "Civic Ledger",
    "São Bento Saúde",
    "Lumen & Oak",
    "Northwind Freight",
    "Quarry Street Bank",
];
const TITLES: [&str; 5] = [
    "Backend Engineer",
    "Site Reliability Engineer",
    "Data Analyst",
    "Technical Writer",
    "QA Engineer",
];
const SOURCES: [&str; 5] = ["Referral", "LinkedIn", "Company site", "Job fair", "Indeed"];
const LOCATIONS: [&str; 4] = ["Berlin, Germany", "Lyon", "Remote", "Kraków"];

/// How an application went: the moves after applying, each so many days after the one before.
type Course = &'static [(i64, Status)];

use Status::{Ghosted, Interviewing, Offer, Rejected, Screening, Withdrawn};

/// One course for each application in turn; most searches look like this.
const COURSES: [Course; 10] = [
    &[(9, Rejected)],
    &[(30, Ghosted)],
    &[(5, Screening), (6, Rejected)],
    &[],
    &[(4, Screening), (7, Interviewing), (10, Rejected)],
    &[(12, Rejected)],
    &[(6, Screening), (5, Interviewing)],
    &[(35, Ghosted)],
    &[(3, Withdrawn)],
    &[(5, Screening), (6, Interviewing), (9, Offer)],
];

/// The application whose rejection was answered, and the one whose answer is still being written.
const SENT_REPLY: usize = 0;
const DRAFT_REPLY: usize = 2;

const REPLY: &str = "Dear Ms. Okafor,\n\nThank you for letting me know about your decision, and for your time. \
    I would be glad to hear from you when another role fits.\n\nKind regards,\nSam";

/// Fills the database and says how to look at it, or takes away what an earlier run filled in.
pub fn run(args: &DemoArgs) -> std::result::Result<(), Failure> {
    let database = database::open_beside(&args.database)?;
    database.migrate()?;
    if args.remove {
        return remove(&database);
    }
    let password = URL_SAFE_NO_PAD.encode(ids::random::<18>());
    let hash = passwords::hash(&password).map_err(explain)?;
    let (seeker, coach, clients) = as_nobody(&database, |tx| {
        let seeker = account::create_user(tx, &user(SEEKER, SEEKER_NAME, &hash))?.id;
        let coach = account::create_user(tx, &user(COACH, COACH_NAME, &hash))?.id;
        let made = CLIENTS
            .iter()
            .map(|it| Ok(account::create_user(tx, &user(it.email, it.name, &hash))?.id));
        Ok((seeker, coach, made.collect::<Result<Vec<Uuid>>>()?))
    })
    .map_err(|failure| {
        format!("{failure} Take the old demo away first, with the same words and --remove: rebound demo --remove")
    })?;
    let mut connection = database.connect()?;
    let today = real_now();
    let count = history(&mut connection, seeker, today).map_err(explain)?;
    coaching::history(&mut connection, seeker, coach, today).map_err(explain)?;
    for (client, id) in CLIENTS.iter().zip(clients) {
        client
            .history(&mut connection, id, coach, today)
            .map_err(explain)?;
    }
    println!("A seeker with {count} applications, their coach, and further clients are there.");
    for (email, name) in people() {
        println!("  {email:<20} {name}");
    }
    println!("All have the password {password}");
    Ok(())
}

/// Everybody in the demo: address and name.
fn people() -> impl Iterator<Item = (&'static str, &'static str)> {
    let clients = CLIENTS.iter().map(|client| (client.email, client.name));
    [(SEEKER, SEEKER_NAME), (COACH, COACH_NAME)]
        .into_iter()
        .chain(clients)
}

fn remove(database: &database::Database) -> std::result::Result<(), Failure> {
    let mut count = 0;
    for (email, _) in people() {
        if erase(database, email)? {
            count += 1;
        }
    }
    match count {
        0 => Err("There is no demo here.".into()),
        _ => {
            println!("The demo is gone: {count} accounts were erased.");
            Ok(())
        }
    }
}

fn user(email: &str, name: &str, hash: &str) -> NewUser {
    NewUser {
        email: email.to_owned(),
        password_hash: hash.to_owned(),
        display_name: Some(name.to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        verified: true,
    }
}

/// Writes the history step by step, each at its own time, as if the seeker had used the API all along.
fn history(conn: &mut PgConnection, owner: Uuid, today: DateTime<Utc>) -> Result<usize> {
    let begin = today - Duration::days(DAYS);
    let mut count = 0;
    acquaintances::history(conn, owner, begin)?;
    // Applications come in every other day at first, then less often.
    let mut day = 0;
    while day < DAYS {
        application(conn, owner, count, begin + Duration::days(day), today)?;
        count += 1;
        day += 2 + i64::try_from(count / 20).unwrap_or(0);
    }
    // The change log ends with what was done today.
    goals::history(conn, owner, today)?;
    Ok(count)
}

fn application(
    conn: &mut PgConnection,
    owner: Uuid,
    number: usize,
    begin: DateTime<Utc>,
    today: DateTime<Utc>,
) -> Result<()> {
    let mut at = begin;
    let mut current = write(conn, owner, at, |tx| {
        let preferences = preferences(tx.conn, tx.owner)?;
        create(tx, fields(number), &preferences)
    })?;
    if number.is_multiple_of(4) {
        let note = NewNote {
            note: "Asked a former colleague what it is like to work there.".to_owned(),
            occurred_at: None,
        };
        write(conn, owner, at + Duration::hours(2), |tx| {
            add_note(tx, current.id, &note)
        })?;
    }
    for (days, to) in COURSES[number % COURSES.len()] {
        at += Duration::days(*days);
        if at >= today {
            break;
        }
        let mut wanted = WantedMove {
            note: note(*to),
            ..WantedMove::to(*to)
        };
        if *to == Rejected {
            wanted.rejection = why(number);
        }
        current = write(conn, owner, at, |tx| {
            let preferences = preferences(tx.conn, tx.owner)?;
            let moved = record_move(tx, &current, &wanted, &preferences)?;
            if *to == Interviewing {
                rounds(tx, &moved)?;
            }
            Ok(moved)
        })?;
    }
    lessons::learn(conn, owner, number, &current, at)?;
    match number {
        SENT_REPLY | DRAFT_REPLY => write(conn, owner, at + Duration::days(2), |tx| {
            reply(tx, current.id, number == SENT_REPLY)
        }),
        _ => Ok(()),
    }
}

/// Answers a rejection, or begins to.
fn reply(tx: &mut Tx<'_>, application: Uuid, finished: bool) -> Result<()> {
    let words = NewMessage {
        kind: Some(MessageKind::RejectionReply),
        application_id: Some(application),
        recipient_name: Some("Ms. Okafor".to_owned()),
        recipient_email: Some("a.okafor@kite.example".to_owned()),
        subject: Some("Thank you for letting me know".to_owned()),
        body: Some(REPLY.to_owned()),
        ..NewMessage::default()
    };
    let mut message = messages::create(tx, words)?;
    if finished {
        for to in [MessageStatus::Ready, MessageStatus::Sent] {
            message = messages::transition(tx, &message, &MessageMove::to(to))?;
        }
    }
    Ok(())
}

fn write<T>(
    conn: &mut PgConnection,
    owner: Uuid,
    at: DateTime<Utc>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    in_transaction(conn, Owner::User(owner), Access::Write, at, work)
}

fn fields(number: usize) -> ApplicationFields {
    let pick = |list: &[&str], step: usize| Some(list[(number * step) % list.len()].to_owned());
    ApplicationFields {
        company: COMPANIES[number % COMPANIES.len()].to_owned(),
        job_title: TITLES[number % TITLES.len()].to_owned(),
        source: pick(&SOURCES, 3),
        location: pick(&LOCATIONS, 7),
        work_mode: Some(WorkMode::ALL[number % WorkMode::ALL.len()]),
        resume_version: Some(format!("version {}", 1 + number / 15)),
        tailored: Some(!number.is_multiple_of(3)),
        required_skills: vec!["Rust".to_owned(), "SQL".to_owned(), "Kubernetes".to_owned()],
        own_skills: vec!["Rust".to_owned(), "SQL".to_owned()],
        tags: if number.is_multiple_of(5) {
            vec!["dream job".to_owned()]
        } else {
            Vec::new()
        },
        status: Some(Status::Applied),
        ..ApplicationFields::default()
    }
}

fn note(to: Status) -> Option<String> {
    let words = match to {
        Rejected => "A short mail: they went on with someone whose profile fits better.",
        Ghosted => "No answer for a month.",
        Offer => "They called in the evening.",
        _ => return None,
    };
    Some(words.to_owned())
}

/// What the company said, or the seeker thinks.
fn why(number: usize) -> Details {
    let (code, basis) = match number % 7 {
        0 => (ReasonCode::StrongerCandidate, Some(ReasonBasis::Stated)),
        1 | 5 => (ReasonCode::Experience, Some(ReasonBasis::Inferred)),
        2 => (ReasonCode::Skills, Some(ReasonBasis::Stated)),
        4 => (ReasonCode::RoleCancelled, Some(ReasonBasis::Stated)),
        _ => (ReasonCode::NotStated, None),
    };
    Details {
        channel: Some(Channel::Email),
        reason_code: Some(code),
        reason_basis: basis,
        ..Details::default()
    }
}

fn rounds(tx: &mut Tx<'_>, application: &Application) -> Result<()> {
    let rounds = [
        (InterviewKind::Technical, 2, InterviewOutcome::Passed),
        (InterviewKind::Panel, 5, InterviewOutcome::Pending),
    ];
    for (kind, days, outcome) in rounds {
        let scheduled_at = tx.now + Duration::days(days);
        interviews::insert(
            tx,
            &InterviewFields {
                application_id: application.id,
                kind,
                scheduled_at,
                duration_minutes: Some(60),
                location: None,
                link: Some("https://meet.example/interview".to_owned()),
                outcome,
                prepared_on: Some((scheduled_at - Duration::days(1)).date_naive()),
                notes: None,
            },
        )?;
    }
    Ok(())
}
