//! Two asks: a message that wants two different things gets neither.
//!
//! A request is a clause that asks (`REQUESTS`); what it asks for is its topic. Two requests with the same
//! topic are one ask said twice, and a call about feedback is a way to give it. A door held open, as in
//! "please keep me in mind", asks for nothing now: it is a courtesy, as in the letters that people admire.

use std::ops::Range;
use std::sync::LazyLock;

use crate::messages::tone::guards::is_negated;
use crate::messages::tone::phrase::Phrases;
use crate::messages::tone::text::{Boundary, Text};

/// What one can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Feedback,
    Referral,
    Reconsideration,
    Role,
    Meeting,
    Reference,
    Papers,
    Money,
    Status,
    Schedule,
    Review,
    Contact,
    Mentoring,
    Resources,
    Erasure,
    /// Something that this file has no words for.
    Unknown,
}

const TOPICS: &[(Topic, &[&str])] = &[
    (
        Topic::Feedback,
        &[
            "feedback|critique|constructive|pointers|pointer|weaknesses|criticism|debrief|insight|insights|impressions|tips|hints",
            "~improve|~strengthen|do|done|have ..1 better|differently|improve|improved",
            "what|where|which|how|whether ..2 i|my|it|you|the? ..4 ~fall|~lack|lacking|missing|missed|weak|weaker|weakest|~improve|scored|performed|fared|short|counted|decided|tipped|wrong",
            "where|what ..2 short|wrong|weakest|weak|missing|lacking",
            "how i|we ..1 ~score|~perform|~do|~fare|~rank",
            "area|areas ..3 ~improve|work|improvement|growth|weaker",
            "advice|suggestions|suggestion|thoughts on|about|regarding|for ..4 me|~interview|~improve|application|answers|portfolio|lesson|presentation|performance|test|task|work|next",
            "why ..4 not|rejected|unsuccessful|selected|chosen|turned",
            "~comment ..2 on ..2 my",
            "~explain|~understand|~know|~share|~tell|~give|~clarify ..3 decision|reason|reasons|reasoning|outcome|rejection|grounds|rationale",
            "honest|frank ..1 opinion|view|words",
            "summary|results|assessment|evaluation of|from",
            "~evaluate|~assess|~rate my|me|the ..2",
            "words|comments|notes|remarks|thoughts|opinion|views|view|impression ..2 on|of|about ..2 my|how|the",
            "how|what|why|whether the ..1 interview|panel|test|lesson|audition|presentation|committee ..3 ~go|went|~come|came|~rate|thought|perceived",
            "how|what|why|whether ..1 i|my ..4 ~go|went|~come|came|~do|did|~perform|~compare|~seem|thought|appeared|struck|convince|fall|fell|better|stronger|received",
            "what|where|which|how ..3 i ..2 should|could|need|must|ought|might|can to? ..1 work|improve|learn|practise|practice|change|study|develop|strengthen|focus|better|have",
            "what you ..1 ~think|~make|~like of|about my|me",
            "why i|my|you|the ..4 not|rejected|chosen|unsuccessful|selected|turned|decided|declined",
            "areas|skills|gaps|weaknesses i|that|to|where|in",
        ],
    ),
    (
        Topic::Referral,
        &[
            "~refer me|my|us",
            "~referral|intro|intros|introductions|introduction",
            "recommendation to|for",
            "~put in contact|touch",
            "contact ..1 details|number|address|of",
            "~introduce|~connect me|us to|with",
            "introduced|connected|referred|recommended to|with ..1",
            "contact in|at|from|to ..1",
            "~ask your ..2 ~colleague|sister|brother|friend|~partner|team|manager",
            "~recommend me|my to|for|as",
            "~pass|~forward|~send|~share|~circulate ..1 my ..2 resume|cv|name|details|profile|application|portfolio|contact ..1 to|on|along|with|around|among ..2",
            "~put|~point me ..1 in|to|towards|forward|through ..2 touch|contact|direction|someone|other|anyone",
            "good word",
            "someone|anyone|somebody|colleague|person|name ..4 ~talk|~speak|reach|contact|connect|write|worth",
        ],
    ),
    (
        Topic::Reconsideration,
        &[
            "~reconsider|reconsideration|~rethink|~revisit|~reverse|~reopen ..3",
            "second ..1 look|chance|interview",
            "another|second|one|fresh chance|interview|shot|look|try|attempt",
            "change your mind",
        ],
    ),
    (
        Topic::Role,
        &[
            "~consider me|my|application ..2 for ..4 role|roles|position|positions|opening|vacancy|job|team|internship|post|one",
            "~be considered ..2 for ..4 role|roles|position|positions|opening|vacancy|job|team|internship|post",
            "trial ..1 day|shift|week|period|lesson",
            "other|another|different|any ..2 teams|departments|companies|branches|offices|employers|schools ..3",
            "~keep ..1 an eye|ear ..1 out|open",
            "openings|vacancies in|at|on|for",
            "other|another|different|similar|junior|any|alternative|current|open|suitable|more|else ..3 role|roles|position|positions|opening|openings|vacancy|vacancies|job|jobs|internship|internships|opportunities|traineeship|post|shift|shifts",
            "~hire|~hiring ..3 other|anyone|elsewhere|freelance|contractors|team|who|trainees|interns",
            "freelance|contract|volunteer|temporary|internship|shadow|shadowing|apprenticeship|placement ..1 work|projects|basis|role|placement|day|opportunity|position|you|in|at|with|for",
            "~know ..1 anyone|anybody|someone|somebody|who|places ..1 who|that|is ..1 ~be? hiring|looking|needs|recruiting",
            "needs|need|needing people|staff|help|somebody|someone|trainees",
            "~know ..3 of ..5 role|roles|position|opening|openings|companies|hiring|jobs|vacancies|opportunities",
            "job leads|openings",
            "shadow ..2 for|a|one|the",
        ],
    ),
    (
        Topic::Meeting,
        &[
            "call|coffee|zoom|chat|meeting|phone|lunch|videocall|tea|beer|appointment ..1",
            "@number|15|20|30|fifteen|twenty|thirty|short|quick ..1 minutes|minute|min|mins|conversation|call|chat",
            "~speak|~talk|~chat|~meet with|to|up ..1 you|me|one|someone|your|the|somebody",
            "meet you|up|for|in|at",
            "pick your ~brain",
            "~visit|tour|drop ..2 your|the|of|by|in ..1 office|lab|ward|site|school|by|workshop",
        ],
    ),
    (
        Topic::Reference,
        &[
            "~reference|~endorse|~endorsement|testimonial|referee|referees !number|to",
            "letter of recommendation|reference",
            "recommendation letter|on|for",
            "~write ..3 recommendation|reference|letter ..1",
        ],
    ),
    (
        Topic::Papers,
        &[
            "~send|~share|~get|~have|~receive|~see|~provide|~forward|return|~give ..4 copy|salary|score|scores|scorecard|scorecards|rubric|notes|results|recording|slides|deck|template|materials|list|code|contract|certificate|band|bands|range|solution|syllabus|spreadsheet|recipe|protocol|report|handout|link ..1",
            "salary|pay range|band|bands|expectations|bracket|scale",
            "copy of",
            "return|~send|~post|~mail ..1 back? my|the ..2 portfolio|drawings|samples|work|documents|certificates|book|sketches|photographs|materials ..1 back?",
            "~lend|~borrow me|your ..3",
        ],
    ),
    (
        Topic::Money,
        &[
            "~reimburse|~reimbursement|expenses|expense|~refund|~invoice",
            "travel|train|hotel|parking costs|cost|fare|ticket|bill",
        ],
    ),
    (
        Topic::Status,
        &[
            "~update ..2 on|about|regarding ..2 status|my|the|timeline|application|process|where|position",
            "status|timeline of|for|on ..2 application|my|the|next",
            "when|whether|if ..3 ~hear|~decision|~reopen|reapply|apply|reposted|decided ..1",
            "how soon|long ..3 ~reapply|apply|wait|again",
        ],
    ),
    (
        Topic::Schedule,
        &[
            "~move|~reschedule|~postpone|~push|~shift ..3 round|interview|date|meeting|call|start|appointment ..1",
        ],
    ),
    (
        Topic::Review,
        &[
            "~look|~review|~read|~critique|~check|glance|eyes|~proofread ..3 my|at|over|on|through ..1 my? ..1 cv|resume|résumé|portfolio|linkedin|cover|profile|website|github|letter|draft|thesis|essay",
        ],
    ),
    (
        Topic::Contact,
        &[
            "~connect|~add|~accept|~follow ..3 linkedin|invitation|xing",
            "linkedin ~connection|~request|~invitation|~invite",
            "~add|~put|~subscribe me|my ..2 to|on ..3 list|newsletter|mailing|database",
        ],
    ),
    (Topic::Mentoring, &["~mentor|mentorship|mentoring"]),
    (
        Topic::Resources,
        &[
            "~recommend|~suggest|~know ..4 book|books|course|courses|certifications|certification|resources|training|reading|groups|meetups",
        ],
    ),
    (
        Topic::Erasure,
        &["~delete|~remove|~erase ..3 data|details|application|personal|information|cv|file"],
    ),
];

static READ_TOPICS: LazyLock<Vec<(Topic, Phrases)>> = LazyLock::new(|| {
    TOPICS
        .iter()
        .map(|(topic, phrases)| (*topic, Phrases::new(phrases)))
        .collect()
});

/// What begins a request.
static REQUESTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "could|would|can|will|might|may you|i|we|someone|anyone|there|it !~understand|~imagine|say|assure|add|only|not|never|like|love|welcome|~appreciate|value|have|be",
        "could|would|can|will|might you",
        "it|this would also ..1 ~help|be",
        "do|did you ..1 happen|know|think|have",
        "could|can|may|might|shall we|i|there !not|only|imagine|say|add",
        "i|we ..2 have ..1 @number ..1 requests|questions|favours|favors|things|wishes",
        "i|we ..2 ~hope|hoping|wish ..1 that? you can|could|might|may|will|would ..1 !~find|~have|~enjoy|be|continue|all",
        "is|are there anything|something|somebody|someone ..1 i|you|my|that",
        "would you mind",
        "would|could|might|may ..1 be|have possible|willing|open|able|up|happy|time|chance|a ..1",
        "i|we ..1 would|will ..2 ~appreciate|~love|~like|~welcome|~value|grateful|glad|happy|thankful|obliged|be|to|really|also|interested ..1 !contribute|apply|reapply|offer|thank|say",
        "i|we ..2 ~hope|~wonder|~ask|~request|hoping|wondering|asking|writing|keen|curious|want|seeking|need|requesting ..1 !~find|find|your|all|you ..1",
        "would ..2 ~be ..1 grateful|thankful|obliged|happy|glad|welcome|appreciated|great|helpful|lovely|kind|useful",
        "please !please|take|greet|stay|enjoy|remember|ignore|disregard|allow|~accept|~find|~note|~know|do|~keep|give|extend|~feel|~thank|~forgive|~excuse|convey|be|pass|say",
        "kindly !~regard",
        "^ let me know if|whether|what|how|when|where",
        "is|are|was there ..1 any|a|someone|anyone|chance|way|anybody|another|other|open|more|further|similar",
        "are|is|do|does|did|have you|anyone|your|they",
        "any ..2 chance|way|possibility|thoughts|advice|feedback|pointers|tips|openings|introduction|referral|help|comment",
        "what|which|where|how|when ..1 could|would|can|should|did|do|might|are|is|was|were",
        "want|fancy|free|up for|to|a",
        "got ..1 time|minute|any",
        "shall we|i",
        "~mind ~share|~send|~tell|~give|~put|~pass|~look|~have|if",
        "second|another|separate|other|further|final|small|quick ..1 ~request|favor|favour|ask",
        "^ send|share|tell|refer|introduce|forward|connect|review|pass|schedule|recommend|consider|point|put|give|write !~thank",
    ])
});

/// They leave everything to the reader, or speak of what has been.
static COURTESIES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "~keep|~bear|~have|~hold me|my|us ..3 in|on ..4 mind|file|radar|list|loop|posted|number|books",
        "~keep|stay|staying|remain|get in|connected ..1 touch|contact|connected",
        "~consider|~think|~remember me|my|of ..2 for|when|again|if ..2 future|other|similar|next|role|again ..3",
        "future|next ..2 ~opening|~opportunity|~role|~position|~vacancy|~application|~interview|~project|time|round",
        "if|should|whenever|when|case ..1 another|similar|other|something|anything|a|suitable|different|any|there|one|you|an ..6 ~open|~come|~arise|~become|suitable|role|up|~have|need|available|fits ..1",
        "~reach|~contact|~call|~email|~write|touch ..1 out|me if|should|whenever|when|again ..6",
        "~welcome|~love|glad|happy|hope|delighted|honoured|honored|like|wish|chance|interested ..3 to|in|for|the ..2 ~apply|~reapply|~contribute|~join|~work|~applying|~interview|try|cross ..6",
        "should|if|whenever you ever? ~need * *",
        "feel free",
        "no need",
        "met|spoke|spoken|talked|chatted ..1 with|you|the|your|to|at|on|in|yesterday|last ..2",
        "meeting you|your|all|everyone|the ..2",
        "talking|speaking|chatting to|with? you|your|all|everyone|the ..1 team ..2",
        "~enjoy|~like|pleasure|delight ..2 ~meet|~talk|~speak|~chat|conversation ..3",
        "your|the ..2 feedback|advice|tips|insights|call|coffee|chat|talk|meeting|introduction|tour ..1 ~be|was|is|you|helped|last|yesterday|today|we",
        "gave|shared|sent|received|provided|offered|mentioned|promised you|us|me ..3 feedback|tips|pointers|insights",
        "thank|thanks|thankful|grateful|appreciated|enjoyed ..1 you? ..12",
        "~improve ..2 your|our|the ..1 patients|users|outcomes|system|systems|team|teams|process",
        "if|whether|even|or|perhaps ..2 by|over|on|in|easier|easiest|prefer|better|rather|quick|short|email ..4 phone|call|email|zoom|line|sentence|person|writing|chat|minutes|coffee",
        "by phone|call|email|zoom|mail",
    ])
});

/// What adds a request to another.
static ADDITIONS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "likewise|also|additionally|secondly|separately|moreover|furthermore|plus|besides|second|too|another|finally|addition|while|meanwhile|oh",
        "one more|other|last",
        "as well",
        "and could|would|can|may|please|might",
    ])
});

/// Words that a request may follow.
const JOINTS: &[&str] = &[
    "and", "also", "plus", "then", "or", "but", "if", "please", "that",
];

/// A request with its topic.
struct Ask {
    topic: Topic,
    words: Range<usize>,
    /// Does the writer say that it is one more?
    is_added: bool,
}

/// Where the second ask is.
pub(super) fn second(text: &Text<'_>) -> Option<Range<usize>> {
    let mut first: Option<Topic> = None;
    for sentence in &text.sentences {
        for ask in asks(text, &sentence.words) {
            let Some(known) = first else {
                first = Some(ask.topic);
                continue;
            };
            let is_vague = known == Topic::Unknown || ask.topic == Topic::Unknown;
            let is_other = match is_vague {
                true => ask.is_added,
                false => !is_same(known, ask.topic),
            };
            if is_other {
                return Some(ask.words);
            }
        }
    }
    None
}

/// What a sentence asks for, in its order: each clause that asks is read by itself.
fn asks(text: &Text<'_>, sentence: &Range<usize>) -> Vec<Ask> {
    let mut starts: Vec<usize> = Vec::new();
    for at in sentence.clone() {
        let is_joint = starts.is_empty()
            || text.words[at].before != Boundary::None
            || JOINTS.contains(&text.words[at - 1].norm.as_str());
        // "Please, could you" is one request.
        let is_same =
            starts.last().is_some_and(|last| at - last <= 2) && text.words[at - 1].norm != "and";
        if is_joint
            && !is_same
            && !text.words[at].quoted
            && REQUESTS.at(text, sentence, at).is_some()
        {
            starts.push(at);
        }
    }
    let courtesies = COURTESIES.all(text, sentence);
    let is_more = ADDITIONS.any(text, sentence);
    let mut found: Vec<Ask> = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let from = if number == 0 { sentence.start } else { *start };
        let clause = from..starts.get(number + 1).copied().unwrap_or(sentence.end);
        let topics = topics_of(text, sentence, &clause, &courtesies);
        let is_courteous = courtesies
            .iter()
            .any(|it| it.start < clause.end && clause.start < it.end);
        if topics.is_empty() && !is_courteous && is_direct(text, sentence, *start) {
            found.push(Ask {
                topic: Topic::Unknown,
                words: *start..clause.end,
                is_added: is_more || number > 0 && is_joined(text, sentence.start..clause.start),
            });
        }
        found.extend(topics.into_iter().map(|(topic, words)| Ask {
            topic,
            words: words.start.min(*start)..words.end,
            is_added: is_more || number > 0,
        }));
    }
    found
}

/// What a clause that asks is about.
fn topics_of(
    text: &Text<'_>,
    sentence: &Range<usize>,
    clause: &Range<usize>,
    courtesies: &[Range<usize>],
) -> Vec<(Topic, Range<usize>)> {
    let mut found: Vec<(Topic, Range<usize>)> = Vec::new();
    for at in clause.clone() {
        for (topic, phrases) in READ_TOPICS.iter() {
            let Some(words) = phrases.at(text, sentence, at) else {
                continue;
            };
            let is_courteous = courtesies
                .iter()
                .any(|it| it.start < words.end && words.start < it.end);
            let is_known = found.iter().any(|(known, _)| is_same(*known, *topic));
            if is_courteous
                || is_known
                || text.words[at].quoted
                || is_negated(text, sentence, &words)
            {
                continue;
            }
            let Some((last, place)) = found.last_mut() else {
                found.push((*topic, words));
                continue;
            };
            let between = place.end.min(words.start)..words.end;
            // A call about an interview is a way to give feedback.
            if (*last, *topic) == (Topic::Meeting, Topic::Feedback)
                && (!is_joined(text, between.clone()) || is_about(text, between.clone()))
            {
                *last = Topic::Feedback;
                continue;
            }
            // A second thing in one clause is another ask only when "and" puts it there.
            if is_joined(text, between) {
                found.push((*topic, words));
            }
        }
    }
    found
}

fn is_about(text: &Text<'_>, between: Range<usize>) -> bool {
    text.words[between].iter().any(|word| {
        matches!(
            word.norm.as_str(),
            "about" | "discuss" | "over" | "through" | "regarding" | "talk" | "on"
        )
    })
}

/// A request to the reader in so many words.
fn is_direct(text: &Text<'_>, sentence: &Range<usize>, start: usize) -> bool {
    let words = &text.words[start..sentence.end];
    matches!(words, [one, two, ..] if matches!(one.norm.as_str(), "could" | "can" | "would" | "may" | "might") && matches!(two.norm.as_str(), "you" | "i" | "we"))
        || words[0].norm == "please"
}

/// "Feedback and a referral" are two things, "a call for feedback" is one.
fn is_joined(text: &Text<'_>, between: Range<usize>) -> bool {
    text.words[between].iter().any(|word| {
        matches!(
            word.norm.as_str(),
            "and" | "also" | "plus" | "additionally" | "then" | "well" | "or" | "likewise"
        )
    })
}

/// Two words for one wish.
fn is_same(one: Topic, other: Topic) -> bool {
    use Topic::{Contact, Feedback, Meeting, Mentoring, Referral, Review, Schedule};
    one == other
        || matches!(
            (one, other),
            (Feedback, Review)
                | (Review, Feedback)
                | (Meeting, Mentoring)
                | (Mentoring, Meeting)
                | (Meeting, Contact)
                | (Contact, Meeting)
                | (Meeting, Schedule)
                | (Referral, Contact)
        )
}
