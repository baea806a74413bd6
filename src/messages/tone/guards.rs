//! What takes the sting out of a phrase: a negation before it, somebody else who says it.

use std::ops::Range;
use std::sync::LazyLock;

use super::phrase::Phrases;
use super::text::{Boundary, Text};

/// A negation reaches this many words ahead.
const REACH: usize = 9;

static NEGATIONS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        // "I am not sure why you …" and "I cannot believe you …" negate nothing that follows.
        "not|never !sure|certain|clear|surprised|convinced|impressed|happy|pleased|glad|okay|fine|only|just|even|to|believe|understand|know|forget|ignore|pretend|deny|seen|met|had|experienced|encountered|see|sit|stand|one|once|because|great|hearing|getting|telling|acceptable|ok|good|professional|respond|reply|cool|see|accept|fathom|comprehend|help",
        "without !doubt|question|exception|even|explanation|warning|notice|any|feedback|reason",
        "without any !explanation|feedback|reason|warning|notice|doubt",
        "rather|instead than|of",
        "far from",
        "not|never sure|certain|saying|claiming|suggesting|convinced if|whether|that i",
        "not sure|certain|saying|claiming i",
        "nobody|none|neither|nor|hardly",
        // "You have no idea how …" and "no wonder that …" negate nothing.
        "no !idea|doubt|question|wonder|surprise|matter|less|use",
        "nothing about|in|of|was|is",
        "avoid|avoiding|avoids",
        "~refuse to",
        "~stop short of",
        "hate|loath|reluctant|unwilling to",
        "last thing i want|wanted|would|need",
        "wrong to",
        "~apologize|~apologise|sorry if|for|that i",
        "in no way",
        "hope this|it|that|i does|do|did|will not",
        "if|should i ..4 ~come|~sound|~seem|~appear",
    ])
});

/// Words after which what comes next is a statement of its own, so that a negation does not reach it.
const FRESH_STARTS: &[&str] = &[
    "but", "although", "though", "however", "yet", "because", "so", "since", "while", "if",
    "whereas", "who",
];

/// Does a negation before the phrase cover it?
pub(super) fn is_negated(text: &Text<'_>, sentence: &Range<usize>, phrase: &Range<usize>) -> bool {
    let from = phrase.start.saturating_sub(REACH).max(sentence.start);
    let mut clause = phrase.start;
    while clause > from {
        let (word, previous) = (&text.words[clause], &text.words[clause - 1]);
        // "I do not blame you, and you …", "not angry and you …": another subject begins anew.
        let new_subject = matches!(
            word.norm.as_str(),
            "you" | "i" | "your" | "they" | "we" | "the"
        ) && (word.before == Boundary::Clause || previous.norm == "and");
        let fresh = FRESH_STARTS.contains(&word.norm.as_str())
            || FRESH_STARTS.contains(&previous.norm.as_str());
        // "If I do not get it, I will …": what follows the condition is not negated with it.
        let main_clause = matches!(word.norm.as_str(), "i" | "we" | "you" | "they" | "my")
            && text.words[sentence.start..clause]
                .iter()
                .any(|word| matches!(word.norm.as_str(), "if" | "unless" | "until"))
            && text.words.get(clause + 1).is_some_and(|next| {
                matches!(
                    next.norm.as_str(),
                    "will" | "would" | "shall" | "am" | "children" | "family"
                )
            });
        if new_subject
            || main_clause
            || fresh
            || word.before == Boundary::Clause && previous.norm != "not"
        {
            break;
        }
        clause -= 1;
    }
    (clause..phrase.start).any(|start| {
        NEGATIONS
            .at(text, sentence, start)
            .is_some_and(|negation| negation.start < phrase.start)
            // "If not, could you …?"
            && !(start > sentence.start && text.words[start - 1].norm == "if")
    })
}

static OTHER_SPEAKERS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "my|a|an|one|some|old|best|dear ..2 @adviser ..4 @told",
        "@adviser|people ..1 would|might|could|may|will|always|often|sometimes ..1 @told|send|write|react|respond|be|feel",
        "some|many|other people|candidates|applicants|folks|~say|~tell|~think|would|might|send",
        "i|we ~be|have ..1 told|taught|advised|warned|raised|brought",
        "as|like you|they ~say|~write|~put|mentioned|explained|phrased",
        "i used to",
        "years ago|back",
        "i would never",
        "i have seen|heard people|others|candidates",
        "my|a|at|an ..1 previous|former|last|old|current|earlier|ex employer|employers|company|job|boss|team|manager|workplace|firm|role|hospital|school|agency|landlord|startup",
        "another|different company|employer|firm|recruiter|agency|process",
        "in|from|of|at|by a|another|different|other novel|film|movie|book|project|companies|employers",
    ])
});

/// Does the sentence tell, up to the phrase, what somebody else says or did?
pub(super) fn is_anothers(text: &Text<'_>, sentence: &Range<usize>, phrase: &Range<usize>) -> bool {
    (sentence.start..phrase.start).any(|start| OTHER_SPEAKERS.at(text, sentence, start).is_some())
}
