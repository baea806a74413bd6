//! Every path of the API at a glance, in the order of the document.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa::OpenApi;
use utoipa_actix_web::{OpenApiFactory, service_config};

use crate::account::{handlers as account, sign_in, tokens};
use crate::applications::{batch, handlers as applications, rejecting, timeline, upsert};
use crate::calendar::{download as calendar, handlers as calendar_feeds};
use crate::coaching::{dashboard, figures, invitations, links, notes, suggestions, views};
use crate::events::handlers as events;
use crate::feedback::handlers as feedback;
use crate::goals::{check_ins, handlers as goals};
use crate::http::{app, error, health, metrics, site, test_clock};
use crate::imports::handlers as imports;
use crate::insights::handlers as insights;
use crate::interviews::handlers as interviews;
use crate::journey::handlers as journey;
use crate::messages::handlers as messages;
use crate::messages::templates::handlers as templates;
use crate::messages::tone::handlers as tone;
use crate::networking::{activities, contacts};
use crate::next_actions::handlers as next_actions;
use crate::portability::handlers as portability;
use crate::reflections::handlers as reflections;
use crate::rejections::handlers as rejections;
use crate::reminders::handlers as reminders;
use crate::signals::handlers as signals;
use crate::webhooks::{deliveries, handlers as webhooks};
use crate::wellbeing::handlers as wellbeing;

/// The face of the document: title, tags in the order of the article, the schema of every problem.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rebound",
        description = "Helps people who look for work take a rejection well, learn from it and keep going.\n\n**Conventions.** JSON in `snake_case`; ids are UUIDv7; instants end in `_at` and are RFC 3339 in UTC, dates end in `_on`. Lists answer `{data, next_cursor}` and take `limit` and `cursor`. PATCH is a merge patch: null clears, absent keeps. Every error is `application/problem+json`; its `type` is a page that explains it. Every POST takes an `Idempotency-Key`; every single resource has a strong `ETag`. Unknown members and parameters are refused.",
        contact(name = "The Rebound project"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This server")),
    components(schemas(error::ProblemBody<'static>, error::FieldError)),
    tags(
        (name = "Accounts", description = "Register, sign in, stay signed in, leave."),
        (name = "Applications", description = "What one applied for, where it stands and how it got there."),
        (name = "Interviews", description = "The rounds of an application."),
        (name = "Rejections", description = "The answer of a company, met calmly: first a cool-off, then a good reply."),
        (name = "Templates", description = "Texts to start a message from: some come with the service, more are your own."),
        (name = "Messages", description = "What one writes to an employer or a contact, and how it sounds."),
        (name = "Feedback", description = "Asking the company what to learn from its answer, and what came back."),
        (name = "Reflections", description = "What one takes from it, and the small goals that grow from it."),
        (name = "Goals", description = "Small achievable ones, and streaks that forgive a bad day."),
        (name = "Networking", description = "Contacts, and what one did to stay in touch."),
        (name = "Wellbeing", description = "How one is, for those who choose to note it."),
        (name = "Journey", description = "Everything around an application in the order in which it happened."),
        (name = "Reminders", description = "What the service will remind of and when; nothing while one rests."),
        (name = "Calendar", description = "The days of a job search in one's own calendar."),
        (name = "Next actions", description = "At most three small steps, each with its reason; nothing but rest on the day of a rejection."),
        (name = "Insights", description = "What the numbers of a job search say, and how little a few numbers say."),
        (name = "Signals", description = "What the records say that somebody should look at, with its rule and its evidence."),
        (name = "Coaching", description = "What a seeker lets a coach see, for as long as they want, and what the coach may answer."),
        (name = "Events", description = "What happened to one's things, for whoever keeps a copy of them."),
        (name = "Webhooks", description = "A program of yours that is told of what happens, without asking."),
        (name = "Imports and exports", description = "A job search from a spreadsheet and back."),
        (name = "Service", description = "For those who run it.")
    )
)]
pub struct Api;

/// Takes the handlers of the API: to answer with them, or to collect the document as well.
pub trait Registry {
    /// Takes a handler.
    fn service(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static)
    -> &mut Self;
}

/// Collects the document, which takes a while and some memory.
impl Registry for service_config::ServiceConfig<'_> {
    fn service(
        &mut self,
        handler: impl HttpServiceFactory + OpenApiFactory + 'static,
    ) -> &mut Self {
        self.service(handler)
    }
}

/// Only answers, as every worker does.
impl Registry for ServiceConfig {
    fn service(
        &mut self,
        handler: impl HttpServiceFactory + OpenApiFactory + 'static,
    ) -> &mut Self {
        self.service(handler)
    }
}

/// What is documented: the API itself.
pub fn api(config: &mut impl Registry) {
    config
        // Accounts
        .service(sign_in::register_account) //               POST   /v1/auth/register
        .service(sign_in::open_session) //                   POST   /v1/auth/login
        .service(sign_in::refresh_session) //                POST   /v1/auth/refresh
        .service(sign_in::end_session) //                    POST   /v1/auth/logout
        .service(sign_in::request_password_reset) //         POST   /v1/auth/password-reset
        .service(sign_in::confirm_password_reset) //         POST   /v1/auth/password-reset/confirm
        .service(sign_in::verify_email) //                   POST   /v1/auth/verify-email
        .service(sign_in::list_signing_keys) //              GET    /.well-known/jwks.json
        .service(account::get_account) //                    GET    /v1/me
        .service(account::update_account) //                 PATCH  /v1/me
        .service(account::delete_account) //                 DELETE /v1/me
        .service(account::change_password) //                POST   /v1/me/password
        .service(account::list_sessions) //                  GET    /v1/me/sessions
        .service(portability::export_account) //             GET    /v1/me/export
        .service(portability::import_account) //             POST   /v1/me/import
        .service(account::delete_session) //                 DELETE /v1/me/sessions/{id}
        .service(tokens::create_personal_token) //           POST   /v1/me/tokens
        .service(tokens::list_personal_tokens) //            GET    /v1/me/tokens
        .service(tokens::get_personal_token) //              GET    /v1/me/tokens/{id}
        .service(tokens::update_personal_token) //           PATCH  /v1/me/tokens/{id}
        .service(tokens::delete_personal_token) //           DELETE /v1/me/tokens/{id}
        // Applications
        .service(batch::create_applications) //              POST   /v1/applications/batch
        .service(upsert::put_application) //                 PUT    /v1/applications/by-external-id/{external_id}
        .service(applications::create_application) //        POST   /v1/applications
        .service(applications::list_applications) //         GET    /v1/applications
        .service(applications::get_application) //           GET    /v1/applications/{id}
        .service(applications::update_application) //        PATCH  /v1/applications/{id}
        .service(applications::delete_application) //        DELETE /v1/applications/{id}
        .service(applications::transition_application) //    POST   /v1/applications/{id}/transitions
        .service(timeline::list_timeline) //                 GET    /v1/applications/{id}/timeline
        .service(timeline::create_note) //                   POST   /v1/applications/{id}/notes
        // Interviews
        .service(interviews::create_interview) //            POST   /v1/interviews
        .service(interviews::list_interviews) //             GET    /v1/interviews
        .service(interviews::get_interview) //               GET    /v1/interviews/{id}
        .service(interviews::update_interview) //            PATCH  /v1/interviews/{id}
        .service(interviews::delete_interview) //            DELETE /v1/interviews/{id}
        // Rejections
        .service(rejecting::create_rejection) //             POST   /v1/rejections
        .service(rejections::list_rejections) //             GET    /v1/rejections
        .service(rejections::get_rejection) //               GET    /v1/rejections/{id}
        .service(rejections::update_rejection) //            PATCH  /v1/rejections/{id}
        .service(rejecting::transition_rejection) //         POST   /v1/rejections/{id}/transitions
        // Templates
        .service(templates::create_template) //              POST   /v1/templates
        .service(templates::list_templates) //               GET    /v1/templates
        .service(templates::get_template) //                 GET    /v1/templates/{id}
        .service(templates::update_template) //              PATCH  /v1/templates/{id}
        .service(templates::delete_template) //              DELETE /v1/templates/{id}
        .service(templates::render_template) //              POST   /v1/templates/{id}/render
        // Messages
        .service(messages::create_message) //                POST   /v1/messages
        .service(messages::list_messages) //                 GET    /v1/messages
        .service(messages::get_message) //                   GET    /v1/messages/{id}
        .service(messages::update_message) //                PATCH  /v1/messages/{id}
        .service(messages::delete_message) //                DELETE /v1/messages/{id}
        .service(messages::transition_message) //            POST   /v1/messages/{id}/transitions
        .service(tone::check_tone) //                        POST   /v1/tone-checks
        // Feedback
        .service(feedback::create_feedback_request) //       POST   /v1/feedback-requests
        .service(feedback::list_feedback_requests) //        GET    /v1/feedback-requests
        .service(feedback::get_feedback_request) //          GET    /v1/feedback-requests/{id}
        .service(feedback::update_feedback_request) //       PATCH  /v1/feedback-requests/{id}
        .service(feedback::delete_feedback_request) //       DELETE /v1/feedback-requests/{id}
        .service(feedback::transition_feedback_request) //   POST   /v1/feedback-requests/{id}/transitions
        .service(feedback::create_nudge) //                  POST   /v1/feedback-requests/{id}/nudges
        .service(feedback::suggest_goals_from_feedback) //   GET    /v1/feedback-requests/{id}/suggested-goals
        // Reflections
        .service(reflections::create_reflection) //          POST   /v1/reflections
        .service(reflections::list_reflections) //           GET    /v1/reflections
        .service(reflections::get_reflection) //             GET    /v1/reflections/{id}
        .service(reflections::update_reflection) //          PATCH  /v1/reflections/{id}
        .service(reflections::delete_reflection) //          DELETE /v1/reflections/{id}
        .service(reflections::suggest_goals_from_reflection) // GET /v1/reflections/{id}/suggested-goals
        // Goals
        .service(goals::create_goal) //                      POST   /v1/goals
        .service(goals::list_goals) //                       GET    /v1/goals
        .service(goals::get_goal) //                         GET    /v1/goals/{id}
        .service(goals::update_goal) //                      PATCH  /v1/goals/{id}
        .service(goals::delete_goal) //                      DELETE /v1/goals/{id}
        .service(goals::transition_goal) //                  POST   /v1/goals/{id}/transitions
        .service(check_ins::create_check_in) //              POST   /v1/goals/{id}/check-ins
        .service(check_ins::list_check_ins) //               GET    /v1/goals/{id}/check-ins
        .service(check_ins::get_check_in) //                 GET    /v1/goals/{id}/check-ins/{check_in_id}
        .service(check_ins::delete_check_in) //              DELETE /v1/goals/{id}/check-ins/{check_in_id}
        // Networking
        .service(contacts::create_contact) //                POST   /v1/contacts
        .service(contacts::list_contacts) //                 GET    /v1/contacts
        .service(contacts::get_contact) //                   GET    /v1/contacts/{id}
        .service(contacts::update_contact) //                PATCH  /v1/contacts/{id}
        .service(contacts::delete_contact) //                DELETE /v1/contacts/{id}
        .service(activities::create_networking_activity) //  POST   /v1/networking-activities
        .service(activities::list_networking_activities) //  GET    /v1/networking-activities
        .service(activities::get_networking_activity) //     GET    /v1/networking-activities/{id}
        .service(activities::update_networking_activity) //  PATCH  /v1/networking-activities/{id}
        .service(activities::delete_networking_activity) //  DELETE /v1/networking-activities/{id}
        // Wellbeing
        .service(wellbeing::create_wellbeing_check_in) //    POST   /v1/wellbeing-check-ins
        .service(wellbeing::list_wellbeing_check_ins) //     GET    /v1/wellbeing-check-ins
        .service(wellbeing::delete_wellbeing_check_ins) //   DELETE /v1/wellbeing-check-ins
        .service(wellbeing::get_wellbeing_check_in) //       GET    /v1/wellbeing-check-ins/{id}
        .service(wellbeing::update_wellbeing_check_in) //    PATCH  /v1/wellbeing-check-ins/{id}
        .service(wellbeing::delete_wellbeing_check_in) //    DELETE /v1/wellbeing-check-ins/{id}
        // Journey
        .service(journey::get_journey) //                    GET    /v1/applications/{id}/journey
        // Reminders
        .service(reminders::list_reminders) //               GET    /v1/reminders
        .service(reminders::get_reminder) //                 GET    /v1/reminders/{id}
        .service(reminders::transition_reminder) //          POST   /v1/reminders/{id}/transitions
        // Calendar
        .service(calendar_feeds::create_calendar_feed) //    POST   /v1/calendar-feeds
        .service(calendar_feeds::list_calendar_feeds) //     GET    /v1/calendar-feeds
        .service(calendar_feeds::get_calendar_feed) //       GET    /v1/calendar-feeds/{id}
        .service(calendar_feeds::update_calendar_feed) //    PATCH  /v1/calendar-feeds/{id}
        .service(calendar_feeds::delete_calendar_feed) //    DELETE /v1/calendar-feeds/{id}
        .service(calendar::download_calendar) //             GET    /calendar/{file}
        // Next actions
        .service(next_actions::list_next_actions) //         GET    /v1/next-actions
        // Insights
        .service(insights::get_pipeline_insight) //          GET    /v1/insights/pipeline
        .service(insights::get_rejections_insight) //        GET    /v1/insights/rejections
        .service(insights::get_feedback_insight) //          GET    /v1/insights/feedback
        .service(insights::get_activity_insight) //          GET    /v1/insights/activity
        .service(insights::get_sources_insight) //           GET    /v1/insights/sources
        // Signals
        .service(signals::list_signals) //                   GET    /v1/signals
        // Coaching: the seeker invites
        .service(links::create_coach_link) //                POST   /v1/coach-links
        .service(links::list_coach_links) //                 GET    /v1/coach-links
        .service(links::get_coach_link) //                   GET    /v1/coach-links/{id}
        .service(links::update_coach_link) //                PATCH  /v1/coach-links/{id}
        .service(links::transition_coach_link) //            POST   /v1/coach-links/{id}/transitions
        .service(links::list_coach_accesses) //              GET    /v1/coach-links/{id}/access-log
        // Coaching: the coach
        .service(invitations::list_invitations) //           GET    /v1/coach/invitations
        .service(invitations::get_invitation) //             GET    /v1/coach/invitations/{id}
        .service(invitations::transition_invitation) //      POST   /v1/coach/invitations/{id}/transitions
        .service(dashboard::list_clients) //                 GET    /v1/coach/clients
        .service(views::list_client_applications) //         GET    /v1/coach/clients/{seeker_id}/applications
        .service(views::list_client_goals) //                GET    /v1/coach/clients/{seeker_id}/goals
        .service(views::list_client_reflections) //          GET    /v1/coach/clients/{seeker_id}/reflections
        .service(views::list_client_feedback_requests) //    GET    /v1/coach/clients/{seeker_id}/feedback-requests
        .service(views::list_client_wellbeing_check_ins) //  GET    /v1/coach/clients/{seeker_id}/wellbeing-check-ins
        .service(figures::get_client_pipeline_insight) //    GET    /v1/coach/clients/{seeker_id}/insights/pipeline
        .service(figures::get_client_rejections_insight) //  GET    /v1/coach/clients/{seeker_id}/insights/rejections
        .service(figures::get_client_feedback_insight) //    GET    /v1/coach/clients/{seeker_id}/insights/feedback
        .service(figures::get_client_activity_insight) //    GET    /v1/coach/clients/{seeker_id}/insights/activity
        .service(figures::get_client_sources_insight) //     GET    /v1/coach/clients/{seeker_id}/insights/sources
        .service(notes::create_note_about_client) //         POST   /v1/coach/clients/{seeker_id}/notes
        .service(notes::list_notes_about_client) //          GET    /v1/coach/clients/{seeker_id}/notes
        .service(notes::get_note_about_client) //            GET    /v1/coach/clients/{seeker_id}/notes/{id}
        .service(notes::update_note_about_client) //         PATCH  /v1/coach/clients/{seeker_id}/notes/{id}
        .service(notes::delete_note_about_client) //         DELETE /v1/coach/clients/{seeker_id}/notes/{id}
        .service(suggestions::suggest_goal_to_client) //     POST   /v1/coach/clients/{seeker_id}/goal-suggestions
        .service(suggestions::list_suggestions_to_client) // GET    /v1/coach/clients/{seeker_id}/goal-suggestions
        .service(suggestions::get_suggestion_to_client) //   GET    /v1/coach/clients/{seeker_id}/goal-suggestions/{id}
        // Coaching: what the coach left, for the seeker
        .service(notes::list_coach_notes) //                 GET    /v1/coach-notes
        .service(notes::get_coach_note) //                   GET    /v1/coach-notes/{id}
        .service(suggestions::list_goal_suggestions) //      GET    /v1/goal-suggestions
        .service(suggestions::get_goal_suggestion) //        GET    /v1/goal-suggestions/{id}
        .service(suggestions::transition_goal_suggestion) // POST   /v1/goal-suggestions/{id}/transitions
        // Events
        .service(events::list_events) //                     GET    /v1/events
        .service(events::stream_events) //                   GET    /v1/events/stream
        // Webhooks
        .service(webhooks::create_webhook) //                POST   /v1/webhooks
        .service(webhooks::list_webhooks) //                 GET    /v1/webhooks
        .service(webhooks::get_webhook) //                   GET    /v1/webhooks/{id}
        .service(webhooks::update_webhook) //                PATCH  /v1/webhooks/{id}
        .service(webhooks::delete_webhook) //                DELETE /v1/webhooks/{id}
        .service(webhooks::transition_webhook) //            POST   /v1/webhooks/{id}/transitions
        .service(webhooks::rotate_webhook_secret) //         POST   /v1/webhooks/{id}/rotate-secret
        .service(webhooks::ping_webhook) //                  POST   /v1/webhooks/{id}/ping
        .service(deliveries::list_webhook_deliveries) //     GET    /v1/webhooks/{id}/deliveries
        .service(deliveries::get_webhook_delivery) //        GET    /v1/webhooks/{id}/deliveries/{delivery_id}
        .service(deliveries::retry_webhook_delivery) //      POST   /v1/webhooks/{id}/deliveries/{delivery_id}/retry
        // Imports and exports
        .service(imports::create_import) //                  POST   /v1/imports
        .service(imports::list_imports) //                   GET    /v1/imports
        .service(imports::get_import) //                     GET    /v1/imports/{id}
        .service(imports::export_applications) //            GET    /v1/exports/applications.csv
        // Service
        .service(health::get_liveness) //                    GET    /health/live
        .service(health::get_readiness); //                  GET    /health/ready
}

/// The pages for people, which are no part of the API.
pub fn pages(config: &mut ServiceConfig) {
    config
        .service(site::show_home) //                         GET    /
        .service(site::show_document) //                     GET    /openapi.json
        .service(site::redirect_to_reference) //             GET    /docs
        .service(site::show_reference) //                    GET    /docs/{file}
        .service(app::redirect_to_app) //                    GET    /app
        .service(app::show_app) //                           GET    /app/{file}
        .service(site::list_problems) //                     GET    /problems
        .service(site::show_problem) //                      GET    /problems/{code}
        .service(metrics::show_metrics); //                  GET    /metrics
}

/// Only with `--test-clock`.
pub fn test_clock(config: &mut ServiceConfig) {
    config
        .service(test_clock::set_test_clock) //              PUT    /v1/test-clock
        .service(test_clock::get_test_clock) //              GET    /v1/test-clock
        .service(test_clock::delete_test_clock); //          DELETE /v1/test-clock
}
