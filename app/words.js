// Words for people: names of the API in plain English, days and instants in the user's own time zone.

import { now, user } from "./api.js";

const NAMES = {
  no_reply: "nobody (a no-reply address)", shared: "a shared mailbox", person: "a person",
  not_stated: "Not said", one_off: "Once", recurring: "Again and again", day: "a day", week: "a week", month: "a month",
  resume_review: "Résumé", check_ins: "I say so myself", gone_quiet: "Gone quiet", cooling_off: "Cooling off",
  suggest_goals: "Suggest goals", feedback_requests: "Feedback", wellbeing_check_ins: "Wellbeing", dashboard: "List of clients",
};

/** `stronger_candidate` -> "Stronger candidate". */
export function label(name) {
  if (NAMES[name]) return NAMES[name];
  const words = String(name).replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

const zone = () => user?.time_zone ?? "UTC";
const instants = (options) => new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone() });

/** A local date such as "25 Nov 2026"; it belongs to no zone. */
export function day(date) {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
  return time(date, format.format(new Date(`${date}T00:00:00Z`)));
}

/** The day of an instant. */
export const dayOf = (at) => time(at, instants({ dateStyle: "medium" }).format(new Date(at)));
/** An instant such as "25 Nov 2026, 16:28". */
export const instant = (at) => time(at, instants({ dateStyle: "medium", timeStyle: "short" }).format(new Date(at)));
/** An instant as the user would say it when it is near. */
export const soon = (at) => Math.abs(Date.parse(at) - now()) > 6 * 86_400_000 ? instant(at)
  : time(at, instants({ weekday: "long", hour: "2-digit", minute: "2-digit" }).format(new Date(at)));
/** Today in the user's time zone, by the service's clock. */
export const today = () => new Intl.DateTimeFormat("en-CA", { timeZone: zone() }).format(now());

function time(value, words) {
  const element = document.createElement("time");
  element.dateTime = value;
  element.textContent = words;
  return element;
}

/** How long until an instant: hours and minutes, no seconds that run. */
export function left(until) {
  const minutes = Math.round((Date.parse(until) - now()) / 60_000);
  if (minutes <= 1) return "About a minute";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours && `${hours} hour${hours === 1 ? "" : "s"}`, rest && `${rest} minute${rest === 1 ? "" : "s"}`];
  return parts.filter(Boolean).join(" ");
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** The place in a UTF-16 string of a place that is counted in Unicode scalar values, as the API does. */
export function utf16(text, scalars) {
  let at = 0;
  for (const character of text) {
    if (scalars-- <= 0) break;
    at += character.length;
  }
  return at;
}
