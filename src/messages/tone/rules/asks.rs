//! Two asks: a message that wants two different things gets neither.

use std::ops::Range;
use std::sync::LazyLock;

use crate::messages::tone::guards::is_negated;
use crate::messages::tone::phrase::Phrases;
use crate::messages::tone::text::Text;

/// What begins a request.
static ASKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "could|would|can|will|might|may you|i|we|someone|anyone|there|it|your|the|this !~understand|~imagine|say|assure|tell|see|add|only|not|never|be|have|like|love|welcome|appreciate|value",
        "could|would|can|will you",
        "would|could|might|may ..1 be possible|willing|open|able|up|happy|grateful|thankful|so|glad|much|very|great|helpful|wonderful|kind ..2",
        "i|we ..1 would|will ..2 ~appreciate|~love|~like|~welcome|~value|grateful|glad|happy|thankful|obliged|be|to|really|also|treasure ..2 !contribute|apply|reapply|offer",
        "i|we ..2 ~hope|~wonder|~ask|~request|hoping|wondering|asking|writing|reaching|keen|curious|want|like|seeking|looking|~invite ..2 !~find|find|your|all|well",
        "please !~accept|~find|~note|~pass|~know|do|keep|give|extend|~feel|~thank|~forgive|~excuse|~consider|convey|be",
        "please do? ~let me know",
        "^ let me know if|whether|what|how|when",
        "please consider",
        "is|are|was|were there|you ..3",
        "do|did|have|does you|anyone|your ..1",
        "any chance|way|possibility|thoughts|advice|feedback|pointers|tips|openings",
        "if ..1 you|possible|there ..4 ~could|can|~be|have|possible|able|willing|know|time|moment ..1",
        "what|which|where|how ..1 could|would|can|should|did|do|might|are|is",
        "also|additionally|secondly|separately|finally|moreover|furthermore|meanwhile|plus|besides|alternatively",
        "second|another|separate|other|further|final|one|small|quick ..1 ~request|favor|favour|question|thing|ask|more",
        "^ ~send|~share|~tell|~refer|~introduce|~forward|~connect|~review|~pass|~schedule|~recommend|~consider|~point|~put",
    ])
});

/// Things one can ask for. Two of one kind are one ask.
const KINDS: &[&[&str]] = &[
    // What could be better.
    &[
        "feedback|critique|constructive|pointers|weaknesses|criticism|debrief|tips|suggestions|insight|insights|reflections|impressions",
        "~improve|~strengthen|do|done ..1 better|differently|improve",
        "what|where ..3 ~fall|~lack|lacking|missing|missed|went|lost|short|weak|weaker|~improve ..2",
        "area|areas ..3 ~improve|work|improvement|growth|weaker",
        "advice on|about|regarding|for ..4 ~interview|~improve|application|answers|portfolio",
        "why ..3 not|rejected|unsuccessful|selected|chosen",
    ],
    // Somebody else who could help.
    &[
        "~refer me|my",
        "~referral",
        "~introduce|~introduction|intro|~connect|~recommend ..1 me|to|with|my ..4 to|with|team|~colleague|~manager|someone|anyone|other|department|recruiter|contact|~friend|~people|your",
        "~introduction|~introductions|intro|intros",
        "~pass|~forward|~send|~share|~circulate ..1 my ..1 resume|cv|name|details|profile|application|portfolio|contact ..1 to|on|along|with|around|among ..2",
        "put|~point me in|to|towards|forward ..2 touch|contact|direction|someone|other|anyone|for",
        "~recommend me|my to|for|as ..3",
        "in a good word",
        "good word",
        "someone|anyone ..3 ~talk|~speak|reach|contact|connect",
    ],
    // The decision once more.
    &[
        "~reconsider|reconsideration|~rethink|~revisit|~reverse|~review ..3 decision|application|me|outcome|candidacy|choice|it",
        "second ..1 look|chance|interview",
        "another|second|one chance|interview|shot|look|try ..1 !role|company",
        "change your mind",
    ],
    // Another position, by name or now.
    &[
        "~consider|~considered me|my|application ..2 for ..4 role|roles|position|positions|opening|vacancy|job|team|internship|post",
        "other|another|different|similar|junior|any|alternative|current|open|suitable|more ..2 role|roles|position|positions|opening|openings|vacancy|vacancies|job|jobs|internship|opportunities ..3",
        "~hire|~hiring ..3 other|anyone|now|elsewhere|freelance|contractors|you|team|who",
        "freelance|contract|part|volunteer|temporary|internship|shadow|shadowing ..1 work|projects|time|basis|role|placement|day|opportunity",
        "transfer|move|switch ..2 my application|candidacy",
        "~know of ..5 role|roles|position|opening|openings|companies|anyone|hiring|teams|jobs|vacancies|opportunities",
        "job|any leads",
    ],
    // Time together.
    &[
        "call|coffee|zoom|chat|meeting|phone|teams|meet|lunch|videocall|tea|drink|catch ..1 ..1",
        "@number|15|20|30|fifteen|twenty|thirty|short|quick ..1 minutes|minute|min|mins|conversation|call|chat",
        "~speak|~talk|~chat with|to you|me ..2",
        "pick your brain|brains",
    ],
    // A letter of reference, a recommendation in public.
    &[
        "~reference|~endorse|~endorsement|testimonial ..1 !number|to",
        "letter of recommendation|reference",
        "recommendation letter|on",
        "~write ..2 recommendation|reference|letter ..1",
    ],
    // Papers and figures.
    &[
        "~send|~share|~get|~have|~receive|~see|~provide|~forward|return ..4 copy|salary|score|scores|rubric|notes|results|recording|slides|deck|template|materials|list|work|test|code|contract|certificate|band|range|solution|portfolio",
        "salary|pay range|band|expectations|bracket|scale",
        "copy of",
    ],
    // Money back.
    &[
        "~reimburse|~reimbursement|expenses|travel costs|cost|expense|~refund|~invoice ..1 ",
    ],
    // How things stand.
    &[
        "~update ..2 on|about|regarding status|my|the|timeline|application|process|where|position",
        "status|timeline of|for|on ..2 application|my|the|next",
        "when ..3 ~hear|~decision|~reopen|reapply|apply|open|reposted|again",
        "how|when soon|long ..3 ~reapply|apply|wait|again",
    ],
    // The writer's papers.
    &[
        "~look|~review|~read|~critique|~check|glance|eyes|~proofread ..3 my|at|over|on|through ..1 my? ..1 cv|resume|résumé|portfolio|linkedin|cover|profile|website|github|letter",
    ],
    // A contact in a network.
    &[
        "~connect|~add|~accept|~follow ..3 linkedin|invitation|xing|network",
        "linkedin ~connection|~request|~invitation|~invite",
    ],
    // A door held open is asked for in other words, which is a courtesy; a place on a list is not.
    &[
        "~delete|~remove|~erase ..3 data|details|application|personal|information",
        "~mentor|mentorship|mentoring ..2",
    ],
    &[
        "~recommend|~suggest ..4 book|books|course|courses|certifications|certification|resources|training|reading|groups|meetups",
    ],
];
/// The kinds that a conversation can be about: a call that gives feedback is one ask.
const FEEDBACK: usize = 0;
const REFERRAL: usize = 1;
const ROLE: usize = 3;
const CALL: usize = 4;
const STATUS: usize = 8;

static TOPICS: LazyLock<Vec<Phrases>> = LazyLock::new(|| KINDS.iter().map(|kind| Phrases::new(kind)).collect());

/// Courtesies: they leave everything to the reader.
static COURTESIES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "~keep|~bear|~have me|my ..2 in|on ..4 mind|file|radar|list|loop",
        "~keep in touch",
        "stay|staying|remain in|connected touch|contact",
        "~consider me|my ..1 for ..2 future|other|similar ..3",
        "~be considered ..1 for|in|again ..4",
        "future ..1 ~opening|~opportunity|~role|~position|~vacancy|~application|~interview|~project",
        "~let me know if|should|when|whenever ..2 you|anything|something|there|a|another|similar ..12",
        "~reach out|me if|should|whenever|when",
        "~contact me if|should|whenever|when ..6",
        "~welcome|~love|glad|happy|hope|delighted|honoured|honored|like|wish ..2 to|the|chance|opportunity ..4 ~apply|~reapply|~contribute|~join|~work ..6",
        "feel free",
        "no need",
        "if|whenever|should another|similar|other|something|anything|a|suitable ..4 ~open|~come|~arise|~become|suitable|role|up",
        "~be interview|interviews|interviewed",
        "~meet|~met|meeting|~speak|~spoke|talking|speaking|~talk with|you|the|your|to ..2 team|you|panel|everyone|me|yesterday|today|last|on|about|at",
        "your|the ..1 feedback|advice|tips|insights ..2 ~be|was|is|you|helped|on|that ..3 helpful|gave|invaluable|shared|useful|valuable|made",
        "~give|gave|~share|shared|~send|sent|~receive|received|~provide|provided|~offer|offered ..4 feedback",
        "for ..3 feedback|introduction|call|chat|conversation|coffee|referral|advice|introducing|insights|tips|meeting|pointers",
        "by phone|call|email|zoom",
        "in a short|quick|brief",
        "~improve ..4 your|our|the patients|users|outcomes|system|systems|team|teams",
        "~connect|linkedin ..2 ~on|profile ..1 is",
    ])
});

/// Where the second ask is.
pub(super) fn second(text: &Text<'_>) -> Option<Range<usize>> {
    let mut asked: Vec<usize> = Vec::new();
    for sentence in &text.sentences {
        let words = &sentence.words;
        let Some(start) = words.clone().find(|at| !text.words[*at].quoted && ASKS.at(text, words, *at).is_some()) else {
            continue;
        };
        let begin = if sentence.asks { words.start } else { start };
        let courtesies = COURTESIES.all(text, words);
        let mut here: Vec<(Range<usize>, usize)> = Vec::new();
        for at in begin..words.end {
            for (kind, topic) in TOPICS.iter().enumerate() {
                let Some(place) = topic.at(text, words, at) else { continue };
                let courteous = courtesies.iter().any(|it| it.start < place.end && place.start < it.end);
                if courteous || text.words[at].quoted || is_negated(text, words, &place) || here.iter().any(|(_, known)| *known == kind) {
                    continue;
                }
                here.push((place, kind));
            }
        }
        let joined = here.len() > 1 && !here.windows(2).any(|pair| is_joined(text, pair[0].0.end.min(pair[1].0.start), pair[1].0.start));
        if joined {
            here.truncate(1);
        }
        for (place, kind) in here {
            if asked.iter().any(|known| is_same(*known, kind)) {
                if !asked.contains(&kind) {
                    asked.push(kind);
                }
                continue;
            }
            if asked.is_empty() {
                asked.push(kind);
                continue;
            }
            let from = if place.start >= start { start } else { words.start };
            return Some(from.min(place.start)..words.end.max(place.end).min(words.end));
        }
    }
    None
}

/// "Feedback and a referral" are two things, "a call for feedback" is one.
fn is_joined(text: &Text<'_>, from: usize, to: usize) -> bool {
    text.words[from..=to.min(text.words.len() - 1)].iter().any(|word| matches!(word.norm.as_str(), "and" | "also" | "plus" | "additionally" | "&" | "then" | "well"))
}

/// A call is a way to give feedback, an introduction a way to a role.
fn is_same(one: usize, other: usize) -> bool {
    one == other || matches!((one, other), (ROLE, STATUS) | (STATUS, ROLE))
        || matches!((one, other), (FEEDBACK, 9) | (9, FEEDBACK))
        || matches!((one, other), (CALL, 12) | (12, CALL) | (REFERRAL, REFERRAL))
}
