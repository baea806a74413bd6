// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "xid8", schema = "pg_catalog"))]
    pub struct Xid8;
}

diesel::table! {
    application_steps (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        application_id -> Uuid,
        seq -> Int4,
        kind -> Text,
        from_status -> Nullable<Text>,
        to_status -> Nullable<Text>,
        corrects_id -> Nullable<Uuid>,
        occurred_at -> Timestamptz,
        recorded_at -> Timestamptz,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    applications (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        external_id -> Nullable<Text>,
        company -> Text,
        job_title -> Text,
        url -> Nullable<Text>,
        source -> Nullable<Text>,
        location -> Nullable<Text>,
        work_mode -> Nullable<Text>,
        employment_type -> Nullable<Text>,
        salary_min -> Nullable<Int8>,
        salary_max -> Nullable<Int8>,
        salary_currency -> Nullable<Text>,
        salary_period -> Nullable<Text>,
        resume_version -> Nullable<Text>,
        tailored -> Nullable<Bool>,
        required_skills -> Array<Text>,
        own_skills -> Array<Text>,
        applied_on -> Nullable<Date>,
        next_action_on -> Nullable<Date>,
        contact -> Nullable<Text>,
        notes -> Nullable<Text>,
        tags -> Array<Text>,
        status -> Text,
        furthest_stage -> Text,
        status_since -> Timestamptz,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    calendar_feeds (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        name -> Text,
        include -> Array<Text>,
        details -> Text,
        token_hash -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    coach_accesses (seeker_id, id) {
        seeker_id -> Uuid,
        id -> Uuid,
        link_id -> Uuid,
        coach_id -> Nullable<Uuid>,
        view -> Text,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    coach_links (seeker_id, id) {
        seeker_id -> Uuid,
        id -> Uuid,
        coach_id -> Nullable<Uuid>,
        coach_email -> Nullable<Text>,
        scopes -> Array<Text>,
        status -> Text,
        status_since -> Timestamptz,
        ends_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    coach_notes (seeker_id, id) {
        seeker_id -> Uuid,
        id -> Uuid,
        coach_id -> Uuid,
        visibility -> Text,
        text -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    contacts (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        name -> Text,
        organization -> Nullable<Text>,
        role -> Nullable<Text>,
        relationship -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        profile_url -> Nullable<Text>,
        keep_in_touch_days -> Nullable<Int4>,
        notes -> Nullable<Text>,
        added_on -> Date,
        last_activity_on -> Nullable<Date>,
        next_touch_on -> Nullable<Date>,
        touch_order -> Date,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    email_tokens (hash) {
        hash -> Bytea,
        user_id -> Uuid,
        purpose -> Text,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    event_epochs (epoch) {
        epoch -> Int4,
        system_identifier -> Int8,
        database_number -> Int8,
        began_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    event_horizons (owner_id) {
        owner_id -> Uuid,
        epoch -> Int4,
        xid -> Xid8,
        id -> Int8,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    events (owner_id, id) {
        owner_id -> Uuid,
        id -> Int8,
        xid -> Xid8,
        kind -> Text,
        resource_type -> Text,
        resource_id -> Uuid,
        occurred_at -> Timestamptz,
        data -> Jsonb,
        epoch -> Int4,
    }
}

diesel::table! {
    feedback_items (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        feedback_request_id -> Uuid,
        position -> Int4,
        area -> Text,
        polarity -> Text,
        quote -> Text,
    }
}

diesel::table! {
    feedback_requests (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        application_id -> Uuid,
        recipient_name -> Nullable<Text>,
        recipient_email -> Nullable<Text>,
        question -> Nullable<Text>,
        status -> Text,
        sent_at -> Nullable<Timestamptz>,
        nudged_at -> Nullable<Timestamptz>,
        closed_at -> Nullable<Timestamptz>,
        response_text -> Nullable<Text>,
        override_reason -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    goal_check_ins (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        goal_id -> Uuid,
        occurred_on -> Date,
        kind -> Text,
        value -> Int4,
        note -> Nullable<Text>,
        external_id -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    goal_pauses (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        goal_id -> Uuid,
        started_on -> Date,
        ended_on -> Nullable<Date>,
    }
}

diesel::table! {
    goal_suggestions (seeker_id, id) {
        seeker_id -> Uuid,
        id -> Uuid,
        coach_id -> Uuid,
        title -> Text,
        reason -> Nullable<Text>,
        category -> Text,
        kind -> Text,
        target_count -> Int4,
        period -> Nullable<Text>,
        measure -> Text,
        due_on -> Nullable<Date>,
        status -> Text,
        status_since -> Timestamptz,
        goal_id -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    goals (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        title -> Text,
        notes -> Nullable<Text>,
        category -> Text,
        kind -> Text,
        target_count -> Int4,
        period -> Nullable<Text>,
        measure -> Text,
        due_on -> Nullable<Date>,
        status -> Text,
        status_since -> Timestamptz,
        status_note -> Nullable<Text>,
        origin_type -> Nullable<Text>,
        origin_id -> Nullable<Uuid>,
        origin_suggestion -> Nullable<Text>,
        started_on -> Date,
        closed_on -> Nullable<Date>,
        settled_before -> Nullable<Date>,
        settled_current -> Nullable<Int4>,
        settled_longest -> Nullable<Int4>,
        settled_cooloffs -> Nullable<Int8>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Uuid,
        key -> Text,
        fingerprint -> Bytea,
        status -> Int2,
        location -> Nullable<Text>,
        version -> Nullable<Int4>,
        body -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    import_parts (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        import_id -> Uuid,
        first_row -> Int4,
        rows -> Jsonb,
    }
}

diesel::table! {
    imports (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        status -> Text,
        done -> Int4,
        total -> Int4,
        source -> Nullable<Bytea>,
        options -> Jsonb,
        report -> Jsonb,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    interviews (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        application_id -> Uuid,
        kind -> Text,
        scheduled_at -> Timestamptz,
        duration_minutes -> Nullable<Int4>,
        location -> Nullable<Text>,
        link -> Nullable<Text>,
        outcome -> Text,
        prepared_on -> Nullable<Date>,
        notes -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        kind -> Text,
        user_id -> Nullable<Uuid>,
        payload -> Jsonb,
        unique_key -> Nullable<Text>,
        run_at -> Timestamptz,
        attempts -> Int4,
        max_attempts -> Int4,
        leased_until -> Nullable<Timestamptz>,
        failed_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    messages (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        status -> Text,
        application_id -> Nullable<Uuid>,
        feedback_request_id -> Nullable<Uuid>,
        template_id -> Nullable<Uuid>,
        recipient_name -> Nullable<Text>,
        recipient_email -> Nullable<Text>,
        subject -> Nullable<Text>,
        body -> Text,
        override_reason -> Nullable<Text>,
        sent_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    networking_activities (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        contact_id -> Nullable<Uuid>,
        kind -> Text,
        occurred_on -> Date,
        title -> Nullable<Text>,
        notes -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    personal_tokens (id) {
        id -> Uuid,
        user_id -> Uuid,
        hash -> Bytea,
        name -> Text,
        scopes -> Array<Text>,
        expires_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    reflections (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        application_id -> Nullable<Uuid>,
        resume_tailored -> Nullable<Text>,
        company_researched -> Nullable<Text>,
        skills_lacking -> Nullable<Text>,
        missing_skills -> Array<Text>,
        outside_my_control -> Nullable<Text>,
        what_went_well -> Nullable<Text>,
        improvements -> Array<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Bytea,
        session_id -> Uuid,
        generation -> Int4,
    }
}

diesel::table! {
    rejections (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        application_id -> Uuid,
        received_at -> Nullable<Timestamptz>,
        channel -> Nullable<Text>,
        reply_address -> Nullable<Text>,
        stage_reached -> Text,
        reason_code -> Text,
        reason_basis -> Nullable<Text>,
        reason_text -> Nullable<Text>,
        cooloff_hours -> Int4,
        cooloff_until -> Nullable<Timestamptz>,
        status -> Text,
        replied_at -> Nullable<Timestamptz>,
        closed_at -> Nullable<Timestamptz>,
        superseded_by -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    reminders (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        resource_id -> Uuid,
        application_id -> Nullable<Uuid>,
        occurrence -> Text,
        status -> Text,
        remind_at -> Timestamptz,
        snoozed_until -> Nullable<Timestamptz>,
        fired_at -> Nullable<Timestamptz>,
        fired_count -> Int4,
        mailed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        device -> Nullable<Text>,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        last_used_hash -> Nullable<Bytea>,
        generation -> Int4,
    }
}

diesel::table! {
    templates (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        name -> Text,
        subject -> Nullable<Text>,
        body -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    throttles (id) {
        id -> Int8,
        kind -> Text,
        subject -> Bytea,
        at -> Timestamptz,
        pending -> Bool,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        email_verified_at -> Nullable<Timestamptz>,
        awaits_proof -> Bool,
        password_hash -> Text,
        display_name -> Nullable<Text>,
        time_zone -> Text,
        cooloff_hours -> Int4,
        ghost_after_days -> Int4,
        week_starts_on -> Text,
        wellbeing_enabled -> Bool,
        disabled_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        reminder_mail -> Text,
        reminder_digest_time -> Text,
        reminder_quiet_from -> Text,
        reminder_quiet_to -> Text,
    }
}

diesel::table! {
    webhook_attempts (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        delivery_id -> Uuid,
        number -> Int4,
        attempted_at -> Timestamptz,
        duration_ms -> Int4,
        response_status -> Nullable<Int4>,
        response_body -> Nullable<Text>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_deliveries (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        webhook_id -> Uuid,
        event_id -> Nullable<Int8>,
        event_type -> Text,
        payload -> Text,
        state -> Text,
        attempt_count -> Int4,
        step -> Int4,
        next_attempt_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_queue (user_id, webhook_id) {
        user_id -> Uuid,
        webhook_id -> Uuid,
        run_at -> Nullable<Timestamptz>,
        resting_until -> Nullable<Timestamptz>,
        lease -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        tidied_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Xid8;

    webhooks (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        url -> Text,
        description -> Nullable<Text>,
        event_types -> Array<Text>,
        status -> Text,
        disabled_reason -> Nullable<Text>,
        disabled_at -> Nullable<Timestamptz>,
        secret -> Bytea,
        previous_secret -> Nullable<Bytea>,
        previous_secret_until -> Nullable<Timestamptz>,
        heard_epoch -> Int4,
        heard_xid -> Xid8,
        heard_id -> Int8,
        failing_since -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    wellbeing_check_ins (owner_id, id) {
        owner_id -> Uuid,
        id -> Uuid,
        score -> Int2,
        tags -> Array<Text>,
        note -> Nullable<Text>,
        occurred_at -> Timestamptz,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(applications -> users (owner_id));
diesel::joinable!(calendar_feeds -> users (owner_id));
diesel::joinable!(coach_accesses -> users (coach_id));
diesel::joinable!(contacts -> users (owner_id));
diesel::joinable!(email_tokens -> users (user_id));
diesel::joinable!(event_horizons -> users (owner_id));
diesel::joinable!(events -> users (owner_id));
diesel::joinable!(goals -> users (owner_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::joinable!(imports -> users (owner_id));
diesel::joinable!(jobs -> users (user_id));
diesel::joinable!(messages -> users (owner_id));
diesel::joinable!(networking_activities -> users (owner_id));
diesel::joinable!(personal_tokens -> users (user_id));
diesel::joinable!(reflections -> users (owner_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(reminders -> users (owner_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(templates -> users (owner_id));
diesel::joinable!(webhook_queue -> users (user_id));
diesel::joinable!(webhooks -> users (owner_id));
diesel::joinable!(wellbeing_check_ins -> users (owner_id));

diesel::allow_tables_to_appear_in_same_query!(
    application_steps,
    applications,
    calendar_feeds,
    coach_accesses,
    coach_links,
    coach_notes,
    contacts,
    email_tokens,
    event_epochs,
    event_horizons,
    events,
    feedback_items,
    feedback_requests,
    goal_check_ins,
    goal_pauses,
    goal_suggestions,
    goals,
    idempotency_keys,
    import_parts,
    imports,
    interviews,
    jobs,
    messages,
    networking_activities,
    personal_tokens,
    reflections,
    refresh_tokens,
    rejections,
    reminders,
    sessions,
    templates,
    throttles,
    users,
    webhook_attempts,
    webhook_deliveries,
    webhook_queue,
    webhooks,
    wellbeing_check_ins,
);
