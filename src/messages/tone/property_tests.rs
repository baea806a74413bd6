//! What holds for every text.

use proptest::prelude::*;

use super::phrase::work::steps_of;
use super::*;

const REPLY: MessageKind = MessageKind::RejectionReply;

/// Pieces that the rules look for, mixed with any text.
fn draft() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<String>(),
        "\\PC{0,12}",
        Just("It’s your fault".to_owned()),
        Just(" thank you \r\n\r\n".to_owned()),
        Just("\"'“”‘’".to_owned()),
        Just("{{name}} [Your Name] <name> XXX ___".to_owned()),
        Just(" THIS IS NOT ACCEPTABLE!!! ".to_owned()),
        Just("👩‍💻e\u{301}\u{200d}f***".to_owned()),
        Just(" could you please send me feedback and a referral? ".to_owned()),
        Just("\n\nBest,\nSam".to_owned()),
    ];
    proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_finding_stands_where_it_says(body in draft(), subject in proptest::option::of(draft())) {
        let tone = check(REPLY, subject.as_deref(), &body);
        for finding in &tone.findings {
            let part = match finding.part {
                Part::Body => &body,
                Part::Subject => subject.as_ref().expect("a finding in a subject that there is"),
            };
            let Span { start, end } = finding.span;
            prop_assert!(start <= end && end <= part.chars().count());
            let found: String = part.chars().skip(start).take(end - start).collect();
            prop_assert_eq!(&found, &finding.excerpt);
        }
        let order: Vec<_> = tone.findings.iter().map(|it| (it.span.start, it.rule.as_str())).collect();
        prop_assert!(order.is_sorted());
        prop_assert_eq!(&tone, &check(REPLY, subject.as_deref(), &body));
        let blocked = tone.blockers().next().is_some();
        prop_assert_eq!(blocked, tone.verdict == Some(Verdict::Blocked));
    }
}

#[test]
fn four_times_the_text_takes_four_times_the_steps() {
    for words in [
        "it is your fault that you wasted my time and ",
        "i disagree with your decision and with the ",
        "please send me the answer by friday or ",
        "i beg you please please give me one more ",
        "good luck finding anyone thanks for nothing ",
        "i will sue you and tell everyone on ",
        "fuck sh*t ",
        "THIS IS NOT ACCEPTABLE ",
        "could you share feedback and refer me to another role? ",
        "i am better than whoever you hired ",
        "{{ [[ << < [ { ",
        "____ XXX %%%% ",
        "\"'“‘ ",
        "not not not i do not never you ",
        "thank you for\n",
        "I would not have ",
        "!?!?",
        "a",
        "\n",
        "👏 ",
    ] {
        let text = |length: usize| -> String { words.chars().cycle().take(length).collect() };
        let steps = |length| steps_of(|| check(REPLY, None, &text(length)));
        let (quarter, whole) = (steps(5_000), steps(20_000));
        assert!(
            whole <= quarter * 5 + 100,
            "{words:?}: {quarter} and {whole} steps"
        );
        assert!(whole <= 20_000 * 200, "{words:?}: {whole} steps");
    }
}
