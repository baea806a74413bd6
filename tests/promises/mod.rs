//! What the service promises under fault, load and attack: a file a promise.
//!
//! Each experiment has the pass mark that the promise names, and a real PostgreSQL. Faults and load are tried on processes
//! of the real program; those experiments take turns, so that none measures the load of another. What goes over all
//! operations, moves the clock or leads names elsewhere has the service in this process.
//!
//! Those marked with `#[ignore]` are run by `make stage` and `make soak`.

mod installation;
mod load;
mod p01_one_trip;
mod p04_personal_tokens;
mod p06_forged_tokens;
mod p06_other_secrets;
mod p07_stolen_refresh_token;
mod p08_ended_sessions;
mod p09_unknown_accounts;
mod p10_guessing;
mod p11_retried_posts;
mod p12_lost_updates;
mod p13_killed_service;
mod p14_crashed_database;
mod p15_frozen_database;
mod p16_exhausted_pool;
mod p17_operations;
mod p17_replica;
mod p17_usable;
mod p18_full_disk;
mod p19_reminders;
mod p20_outbox;
mod p20_webhooks;
mod p21_old_code;
mod p22_backup;
mod p22_restored_events;
mod p22_restored_webhooks;
mod p23_beyond_words;
mod p23_export_and_erasure;
mod p26_slow_clients;
mod p28_webhook_addresses;
mod p29_inert_text;
mod p29_mails;
mod p30_logs;
mod p30_words;
mod p31_deploy;
mod p31_streams;
mod p32_memory;
mod page;
mod pair;
mod several_services;
mod stage;
