//! What the check says of single drafts.

use super::*;

const REPLY: MessageKind = MessageKind::RejectionReply;

/// The rules that a body breaks, framed as a whole letter.
fn said(sentence: &str) -> Vec<&'static str> {
    let body = format!(
        "Dear Ms. Okafor,\n\nThank you for your time. {sentence}\n\nKind regards,\nSam Rivera"
    );
    broken(REPLY, &body)
}

fn broken(kind: MessageKind, body: &str) -> Vec<&'static str> {
    let tone = check(kind, None, body);
    assert_eq!(tone.language, Language::English, "{body}");
    tone.findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect()
}

#[test]
fn the_reply_of_the_article_has_nothing_wrong_but_its_gaps() {
    let body = "Dear [Hiring Manager’s Name],\n\nThank you for informing me about your decision regarding the [Job Title] position. I appreciate the opportunity to interview with your team and learn more about your organization.\n\nIf possible, please keep me in mind for future openings that align with my skills and experience. I enjoyed learning about your company and would welcome the chance to contribute in the future.\n\nThank you once again for your time and consideration.\n\nSincerely,\n[Your Name]";
    assert_eq!(broken(REPLY, body), ["unresolved_placeholder"; 3]);
    let filled = body
        .replace("[Hiring Manager’s Name]", "Mr. Lund")
        .replace("[Job Title]", "analyst")
        .replace("[Your Name]", "Sam Rivera");
    assert_eq!(
        check(REPLY, Some("Thank You for the Opportunity"), &filled).verdict,
        Some(Verdict::Clean)
    );
}

#[test]
fn the_feedback_request_of_the_article_is_clean() {
    let body = "Dear Mr. Lund,\n\nThank you for considering me for the role. I completely understand your decision and respect it. If possible, I would appreciate any feedback on how I can improve for future opportunities.\n\nSincerely,\nSam Rivera";
    assert_eq!(broken(MessageKind::FeedbackRequest, body), [""; 0]);
}

#[test]
fn a_negated_or_quoted_phrase_is_harmless() {
    assert_eq!(said("It is your fault."), ["blame"]);
    assert_eq!(said("I do not think that it is your fault."), [""; 0]);
    assert_eq!(
        said("As you wrote, \"you are to blame for nothing\"."),
        [""; 0]
    );
    assert_eq!(said("It was my own fault that I arrived late."), [""; 0]);
}

#[test]
fn contractions_and_curly_apostrophes_are_read_alike() {
    for sentence in [
        "I don't accept your decision.",
        "I don’t accept your decision.",
        "I do not accept your decision.",
        "I dont accept your decision.",
    ] {
        assert_eq!(said(sentence), ["arguing"], "{sentence}");
    }
}

#[test]
fn thanks_for_nothing_are_no_thanks() {
    let body = "Hi Lee,\n\nThanks for nothing.\n\nBest,\nSam";
    assert_eq!(broken(REPLY, body), ["sarcasm", "missing_thanks"]);
}

#[test]
fn a_span_counts_scalar_values() {
    let body = "Hi 👩‍💻 Zoe\u{301},\r\n\r\nThank\u{a0}you — it’s your fault 😀.\r\n\r\nBest,\r\nSam";
    let tone = check(REPLY, None, body);
    let [finding] = &tone.findings[..] else {
        panic!("{tone:?}")
    };
    let found: String = body
        .chars()
        .skip(finding.span.start)
        .take(finding.span.end - finding.span.start)
        .collect();
    assert_eq!(found, finding.excerpt);
    assert_eq!(finding.excerpt, "your fault");
}

#[test]
fn a_subject_is_read_for_what_is_said_and_its_findings_say_so() {
    let body = "Dear Mr. Lund,\n\nThank you for your answer.\n\nBest,\nSam";
    let tone = check(REPLY, Some("About [Job Title]"), body);
    let [finding] = &tone.findings[..] else {
        panic!("{tone:?}")
    };
    assert_eq!(
        (finding.part, finding.span),
        (Part::Subject, Span { start: 6, end: 17 })
    );
    assert_eq!(
        check(REPLY, Some("Re: URGENT HIRING NOW"), body).verdict,
        Some(Verdict::Clean)
    );
}

#[test]
fn other_languages_get_no_verdict() {
    for body in [
        "Sehr geehrte Frau Okafor,\n\nvielen Dank für Ihre Nachricht. Es ist Ihre Schuld.\n\nMit freundlichen Grüßen\nSam Rivera",
        "Bonjour Madame,\n\nmerci de votre réponse et du temps que vous m'avez accordé.\n\nCordialement",
        "Estimada señora: gracias por su respuesta. Quedo a su disposición.",
        "Olá, obrigado pelo retorno e pela oportunidade.",
        "Gentile dottoressa, grazie per la risposta. Cordiali saluti",
        "Beste mevrouw, bedankt voor uw bericht. Met vriendelijke groet",
        "Dzień dobry, dziękuję za odpowiedź. Pozdrawiam",
        "Hej Anna, tack för beskedet. Med vänliga hälsningar",
        "Merhaba, cevabınız için teşekkür ederim.",
        "Уважаемая Анна, спасибо за ответ.",
        "ご連絡ありがとうございます。",
        "شكرا لك على الرد",
        "Danke",
        "🙂🙂🙂",
    ] {
        assert_eq!(check(REPLY, None, body), Tone::unsupported(), "{body}");
    }
}

#[test]
fn short_english_and_foreign_names_are_english() {
    for body in [
        "Thanks!",
        "Noted.",
        "Hi Jürgen, thanks. Søren",
        "Dear Señora Muñoz Pérez de la Cruz, thank you for telling me. Łukasz Wójcik",
        "OK, thank you.",
    ] {
        assert_eq!(
            check(REPLY, None, body).language,
            Language::English,
            "{body}"
        );
    }
}

#[test]
fn what_is_missing_is_missing_at_the_end() {
    let tone = check(REPLY, None, "I enjoyed meeting the team 🙂");
    let end = "I enjoyed meeting the team 🙂".chars().count();
    assert_eq!(tone.findings.len(), 3);
    assert!(
        tone.findings
            .iter()
            .all(|finding| finding.span == Span { start: end, end } && finding.excerpt.is_empty())
    );
    assert_eq!(tone.verdict, Some(Verdict::Advice));
}

#[test]
fn own_deadlines_apologies_and_stress_are_no_offence() {
    for sentence in [
        "I will send you the signed form by tomorrow morning at the latest.",
        "I know that this reply is long overdue, and I apologise for it.",
        "I wanted to send you a proper answer.",
        "I was impressed by how demanding the exercise was.",
        "I really DID enjoy the visit.",
        "My file [Ref. 8841] is complete.",
    ] {
        assert_eq!(said(sentence), [""; 0], "{sentence}");
    }
    assert_eq!(said("It was a sh*tshow."), ["profanity"]);
}
