//! Comparing: oneself with the other candidates, or these among each other.

use std::ops::Range;
use std::sync::LazyLock;

use super::Spoken;
use crate::messages::tone::guards::is_anothers;
use crate::messages::tone::phrase::Phrases;
use crate::messages::tone::text::Text;

pub(super) const COMPARING: Spoken = Spoken {
    says: &[
        // The one who was chosen is belittled.
        "~pick|~choose|~hire|~take|~prefer|picked|chose him|her|them ..2 though|although|when|while ..1 i",
        "doubt|bet ..1 that? anyone|anybody|someone|somebody|nobody|no else|one|better ..6",
        "her|his|their ..1 experience|skills|qualifications|results|record|knowledge|degree|portfolio ..2 ~be ..2 fraction|half|nothing|less|weaker|inferior|poorer|no|thinner|below",
        "~put|~compare|~set|~place ..1 us|me|we|them ..1 side by side",
        "~choose|~pick|~hire|~take|~select|~prefer|chose|picked her|him|them|someone|somebody ..1 and|but|over|instead|rather not|me|of|than",
        "your ..1 pick|choice|hire|selection|appointment ~be ..3 poor|bad|wrong|weak|weaker|mistake|inferior|cheap",
        "i ~be|was ..3 safer|wiser|smarter|stronger|better|best|surer choice|bet|option|pick|investment",
        "@candidate|whoever|kid you|they ..1 @chose ..2 barely|hardly|never|lacks|cannot|struggles|only|just",
        "nobody|none|no|one one? else ..4 ~have|can|could|did|does|knows ..2 as|more|my|what|that|such|half|better",
        "compared|comparing|relative|next ..2 to|with ..3 rest|others|everyone|anyone|group|shortlist|field|competition ..1",
        "made|makes ..1 them|him|her|they|he|she|@candidate ..2 better|special|stronger|so",
        "i ..1 bet|suspect|doubt|guess ..3 @candidate|finalist|one|@other|hire ..3 ~have|~be|can|could|cannot|has|no|not|never ..2",
        "went|go|going with ..2 a|an|the|someone|somebody ..1 cheaper|weaker|younger|less|inferior|junior|worse|easier",
        "cheaper|weaker|lesser|inferior candidate|applicant|option|choice|hire|person",
        "miles|leagues|streets|far|head|way|well ..1 ahead|above|shoulders of|$|above|the ..1 $|rest|others|them|everyone|competition",
        "my|i ..5 ~be|scored|did|ranked ..2 higher|better|above|stronger ..1 than|above ..3 others|rest|@other|shortlist|everyone|anyone|them|those",
        "best|strongest|most ..1 candidate|applicant|qualified|person|experienced ..1 you|in|on|for ..1 had|interviewed|saw|met|will|the|that|shortlist|room",
        // Better than they.
        "better|stronger|smarter|harder|superior|more|deeper|longer|higher|broader|faster|further|wider|greater ..6 than ..3 whoever|whomever|anyone|anybody|everyone|@other|others|him|her|them|rest|theirs|his|hers|@candidate|competition|colleague|appointee|appointment ..3",
        "twice|double|triple|three|half|ten ..2 the|as|their|his|her|times ..2 experience|years|qualifications|skills|knowledge|good|much|record|qualified|experienced|able ..2",
        "~outperform|~outclass|~outshine|~outrank|~outwork|~outdo|~outscore|~surpass|~eclipse|~beat|~trump ..2 the|your|any|every|all|most|@other|whoever|anyone|everyone|them|him|her|half ..2 @candidate|others|hired|chose|$|person|else|of|you|in",
        "~run|run rings|circles around|round",
        "~wipe the floor with",
        "not|never|hardly|barely|few|none|nobody|no|who|scarcely ..4 ~match|~rival|~equal|~approach|near my|me|mine",
        "i ~be|was ..4 ~qualified|experienced|skilled|capable|competent|suited|talented than",
        "i ~be|was|am ..1 the ..1 superior|strongest|outstanding @candidate|applicant|choice|option",
        "i ~be|was|am ..1 @sure ..1 the? ..1 better|stronger|strongest|best|superior|smartest|top ..1 qualified? @candidate|choice|option|hire|of|teacher|nurse|engineer|two|pick|accountant|developer",
        "i ~be|was|am ..1 the ..1 better|stronger|strongest|best|most|top ..1 qualified|experienced? @candidate|choice|applicant|of|in ..2",
        "who ~be the|is ..1 stronger|better|best|smarter ..2",
        // Worse than I.
        "less|fewer|lesser ..1 experienced|qualified|skilled|capable|talented|suitable|competent|experience|qualifications|years|skills ..1 than|@candidate|instead|$|person|hire|people|one|colleague ..1",
        "less|weaker|worse|inferior|unqualified|underqualified|mediocre|inexperienced|cheaper|younger ..1 @candidate|applicant|hire|colleague|teacher|nurse|engineer|developer|accountant|option|choice|alternative|one ..1 !$|instead",
        "cheaper|weaker|worse|inferior|younger|unqualified @candidate|applicant|hire|colleague|teacher|nurse|engineer|developer|accountant|option|choice",
        "@chose|~take ..4 who|that ~have none|nothing|no|never|neither",
        "someone|somebody|@candidate|kid|graduate|one|intern|trainee|rookie|newbie|beginner|amateur|nephew|junior ..2 with|who|that|whose|fresh|straight|out|~be|~have|half|barely|cannot|can ..2 ~have|~be|do|did|can|could|out|less|half|no|fewer|barely|fresh|only|not|zero|little|just|never|had|a|of ..3 less|half|no|fewer|barely|fresh|only|not|zero|little|never|just|few|bootcamp|college|university|fraction|center|~know|tell|spell ..5 experience|qualified|qualifications|skills|degree|years|school|bootcamp|college|university|my|credentials|idea|clue|licence|license|certificate|certification|none|age|rank|at|a|months|weeks|half|one|two|any ..1",
        "@chose ..2 a|an|some ..3 kid|graduate|nephew|intern|rookie|newbie|beginner|amateur|nobody|trainee|novice ..1",
        "nephew|niece|cousin|son|daughter|friend|golf|drinking|buddy ..4 ~get|~have|~be|with ..3 job|role|position|experience|triumph|post|place ..1 ..1",
        "the|your|appointed|successful|chosen|selected candidate|applicant|appointee|hire|choice|appointed ..3 ~have|~be|had|can|could|does|did|will|is|has|lacks ..2 only|just|not|half|less|fewer|no|never|barely|hardly|merely|mere|nowhere|a|zero|two|one ..3 !~success|wonderful|lovely",
        "@candidate|whoever|person|one ..2 you|they|who|that ..2 @chose|~get|got|beat|appointed ..3 the|it|me|a|instead|over|job|role|place ..3 ~have|~be|can|could|cannot|had|has|does|lacks|is|will|did|~know ..1 not|only|less|fewer|half|no|never|barely|hardly|nowhere|lack|worse|cheaper|just|possibly|does ..2",
        "@candidate|whoever|person|one|who you|they ..1 @chose ..2 ~have|~be|can|could|cannot|had|has|does|lacks|is|will|did|~know ..2 not|only|less|fewer|half|no|never|barely|hardly|nowhere|worse|cheaper|possibly|weaker|junior|clearly|probably|i|inferior ..2",
        "whoever|whomever you|they ..2 @chose ..1 instead|over",
        "he|she|they|him|her ..1 ~have|~be|can|could|do|does|did|only|barely|hardly|has|had ..2 not|no|only|half|barely|hardly|less|fewer|junior|never ..4 experience|qualified|license|licence|degree|junior|years|save|qualification|certificate|summary|clue|idea|near|spell|code|as|than|even|intern|trainee ..2 !~mind|~understand",
        "he|she|they ~have never|hardly|barely|only ..1 ~run|~work|~teach|~lead|~manage|~do|~write|~use|~see|~hold|~pass",
        "i ..2 ~train|~teach|~mentor|~supervise|~review|trained|taught|reviewing|mentored|supervised ..3 him|her|them|@candidate|person|guy|woman|he|she|one|colleague ..2",
        "his|her|their ..2 work|code|~mistake|lessons|notes|reports i|we ..2 ~review|~correct|~fix|~check|~mark|was|had|have ..3",
        "@other|others|rest|them|group|room|pool|shortlist ..3 @candidate|in|of|them|room|field|competition ..4 ~be|had|could|were|cannot|did|~have|knew|looked|seemed ..2 not|weaker|less|far|worse|nowhere|hardly|clearly|struggling|no|junior|clueless|unprepared|lost|even|barely|inexperienced|nervous|out ..2",
        "not|none|no|nobody|few|hardly one|of|any|a|@other|else ..2 them|others|@candidate|those|in|can|could|has|had|applicants|there|your ..3 ~have|~know|can|could|~match|~come|~bring|~do|had|has|knew|as|half|my ..1",
        // Measured against.
        "i|you|my ..4 ~be|~have ..4 unlike the|your|other|others|most|whoever|some|him|her|@other|certain ..1",
        "unlike ..2 @other|others|whoever|@candidate|appointee|competition ..2",
        "against|compared to|with|my ..1 my|mine|nineteen|@number ..1 $|years|experience",
        "compared|comparing|ranked|ranking|relative|measured|stack|stacked|stacks|compare|compares ..2 to|with|against|up|alongside|among ..3 @candidate|them|whoever|rest|anyone|field|competition|others $|in|you|who|for|and",
        "i|me|myself ..2 ~compare|~stack|~rank|~measure to|with|against|up|among",
        "side by side ..2 with|to|we",
        "~put my|me ..4 next|beside|against|alongside ..3",
        "what|how|which|why|where ..2 do|does|did|could|~have|would|made|makes ..3 they|he|she|whoever|@candidate|hire|appointee|person|finalist|someone|others ..4 ~have|~do|~offer|~bring|did|have|possess|~be|better|special|~beat|more|stronger|~know|can|~get|got|deserve|ahead ..4 that|which|i|me|better|special|more|over|than|instead|mine|ahead|superior ..2 i|not|me|$|do",
        "what|how ..1 do|does|did|could|have|has ..2 they|he|she|whoever|@candidate|hire|appointee|person ..1 have|do|got|bring|offer|know ..1 that|which i|me ..1",
        "what ..1 they|he|she|whoever|@candidate|hire ..2 ~have|got|~do|did|can|~offer|~bring that|which i ..2",
        "who ..1 did you ..2 ~hire|~pick|~choose|~select|take|get|go ..2",
        "why ..1 them|him|her|they|someone|somebody|was|is|pick|hire|choose|chose|hired|select|~prefer ..2 ..1 him|her|them|someone|somebody|he|she|they ..2 and|over|not|instead|rather|better ..1",
        "why ..1 them|him|her and not",
        "@chose|favoured|favored|preferring|picking|choosing ..4 over me|mine|someone|somebody|myself|better|a|real|actual|experience",
        "passed|passing|overlooked|rejected|skipped ..3 over|me|for|in ..2 for|favour|favor|of ..2 someone|somebody|a|an|him|her|the|some ..2",
        "~be ..1 passed over for",
        "instead|ahead of me",
        "~lose|lost|losing ..2 to ..1 someone|somebody|a|an|him|her|kid|people|the ..4 who|with|less|half|fewer|junior|weaker|kid|graduate|out|never|inferior ..1",
        "~pick|~choose|~hire|~prefer|~select|~appoint|~take ..3 cheaper|weaker|worse|lesser|wrong|easier|younger|inferior|cheap ..1 @candidate|option|choice|one|$|alternative|engineer|teacher|nurse|developer !~salary",
        "you ~will|could|can|would|may|might ..1 not|never|struggle|hardly|have ..2 ~find|~get|~hire|found ..2 anyone|somebody|someone|anybody|another|better|candidate|a ..2 better|as|more|stronger|half|like|with|than|who ..1",
        "on merit ..1 ..2 i|mine|the|my ..4",
        "surprised|shocked|baffled|puzzled|astonished|amazed|stunned|amused ..2 you|that|to|they|by|at ..2 ~pick|~choose|~go|~went|~hire|~select|~see|@chose|choice|who ..2 with|him|her|them|someone|kim|who|a|such|over ..1",
        "i ..1 bet|guarantee|doubt|suspect ..2 he|she|they|whoever ..3 ~have|could|can|will|has ..4 not|match|better|as|half|more|~bring|less|fewer|close",
    ],
    spares: &[
        "~choose|chose the wrong|right person $",
        "~reject me twice|again|for|once ..2 the same",
        "~applaud|~like|~support|~respect|~welcome ..2 ~decision ..1 to ~hire|~take|~choose",
        "~have ..1 no idea|clue how to ..1 treat|run|write|conduct|handle|manage ..2",
        "compared|comparing ..1 to|with ..3 ago|earlier|before|previously|last",
        "years|decade of experience in ..1 a|an",
        "with your expectations",
        "else ..2 ~hire|~employ|~take|~help me",
        "than any|most|all ..2 other|others i|company|employer",
        "your ..4 ~be|was ..1 better|faster|clearer|warmer|friendlier",
        "i ..4 less|fewer ..3 than",
        "more ..2 than ..1 ever",
        "~understand|~accept|~appreciate|~agree|~glad|~happy|pleased|~see|sure|know|hear ..5 better|stronger|closer|more ..3 suited|match|fit|aligned|qualified|suitable|experienced|candidate|applicant ..1",
        "better|stronger|more|closer ..2 candidate|applicant|match|fit|person than i|me",
        "other|another company|employer|job|framework|frameworks|offer",
        "~understand|~accept|respect ..2 you ..2 @chose",
        "~candidate|~hire ~experience|framework|frameworks|key",
    ],
    after: &[],
    negatable: true,
};

/// The others.
static RIVALS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "@other ..1 @candidate|two|three|ones",
        "the rest ..1",
        "others|competition|~competitor|~finalist|~applicant|~interviewee|~contender|~rival|appointee|shortlist|whoever|whomever",
        "no|nobody|anyone|anybody|everyone|everybody|someone|somebody one? else|better|stronger|cheaper|junior|younger|external|internal|who|whose|less",
        "~find|found someone|somebody|anyone|anybody ..1 more|better|stronger|suitable",
        "someone|somebody|anyone|@candidate with no|less|fewer|half|little|only|barely",
        "@candidate|someone|somebody you|they|who|that|was|were|now ..3 ~be? ..1 @chose|appointed|given|~get|got|taken|invited|preferred|promoted",
        "@candidate appointed|hired|chosen|selected|preferred",
        "your|the|that|this|a|an|any|some new|chosen|selected|successful|appointed|preferred|winning|internal|external ..1 @candidate|employee|colleague|choice|man|woman",
        "you|they|@staff ..1 ~have? ..1 @chose ..1 a|an|someone|somebody|that|some|people|him|her",
        "internal|external @candidate",
        "a|an|some junior|rookie|beginner|novice|trainee|intern|graduate|newcomer ..1 ~be|over|instead|to",
        "most|many|all|none|neither|few|half|best|strongest of ..2 @candidate|them|others|those|people",
        "him|her|them|candidate instead|over",
        "whom|who you|they @chose",
        "your new ..1 @candidate|manager|engineer|developer|teacher|nurse|analyst|designer|accountant|chef|director|lead",
        "another|other @candidate|applicant",
        "~get|got|~be|given|went|gone ..3 to ..1 a|an|the|some ..1 younger|older|cheaper|junior|fresh|other|internal",
        "theirs|fresh|recent graduate|graduates|$",
        "theirs|hers|his ..1",
        "he|she|they ..4 ~be|was ..1 @chose",
        "~get|got|given my job|position|place|role",
        "neither|none|both|each of them|those",
        "people at|in|on the|your ..2 assessment|interview|waiting|group|panel|room|shortlist|test|day",
    ])
});
/// More or less than somebody.
static SCALE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "than !expected|usual|ever|enough|before|planned",
        "less|fewer|half|twice|barely|hardly|scarcely|nowhere|inferior|weaker|worse|cheaper|younger|superior|unqualified|inexperienced|incompetent|lazy|mediocre|clueless|lesser|outshone",
        "~lack|~outperform|~outscore|~match|~rival|~beat|~surpass|~outclass|~outrank|~compete|~equal|~outshine me|my|mine|the|any|that|with|all|what|them|him|her|every|everyone|half|even",
        "unlike|compared|comparison|comparing|measured|beside|alongside|against|next ..2 with|to|the|other|most|of|me|my|mine|him|her|them|theirs",
        "no|not|zero|without|never|nor ..3 experience|licence|license|degree|~qualification|certificate|certification|certifications|idea|clue|match|knowledge|skills|track|able|~work|worked|~manage|~teach|~lead|~run|~hold|~know|knew|~bring|~offer|~speak|spoke|come|good|half|such|as",
        "no|not|never ..2 have|had|~bring|~share|~possess|~hold ..1 my|mine",
        "only|just|merely|mere @number|has|a|half",
        "instead of|$|$",
        "over me|someone|somebody|mine|myself",
        "to|before|above|rather|ahead|behind ..1 me|myself|mine $|and|with|who|when|by",
        "used|~report to ..1 report|me|work",
        "highest|best|strongest|top|easily|better|stronger ..3 of|in|among|on|score|references|record|results|prepared|qualified",
        "scored|ranked|finished|came|did|performed ..1 highest|best|top|first|better|higher|ahead",
        "as|so ..3 as i|me|mine|my",
        "like|as i ~do|~be|~have|can",
        "that|which|what i ..1 ~do|~have|can|could|lack|not ..1 not|$",
        "~be ..2 lazy|weak|incompetent|useless|far|weaker",
        "no reason why|that",
        "doubt|bet|suspect the|that|your|whether|if|any ..3 @candidate|appointee|hire|winner|others|person",
        "suitable|impressive|convincing|deserving $|than",
        "thin|modest|poor|weak|meagre|meager|unimpressive|pale|ordinary|average ..3 $|next|beside|compared|in|against",
        "while|whereas|when|although i ..1 ~have|~be|can|could|lead|led|hold|held|know|speak",
        "~prefer|preferred|chosen|favoured|favored ..1 to|over ..3 me|mine|expert|professional|like|experienced",
        "also|even ..1 ~have|~bring|~speak|~know|~hold",
        "no match|comparison|competition|contest|equal for|to|between|$",
        "~train|~teach|~mentor|~supervise|~correct|~review ..1 him|her|them",
        "mine|my ..3 ~be ..3 better|stronger|deeper|longer|broader|superior",
    ])
});
/// What one says of them without a sting: a wish, respect, modesty.
static GRACE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "~congratulate|congratulations|congrats|~wish|~understand|~accept|glad|pleased|happy|~respect|~admire|impressed|impressive|~learn|learnt|~hope|~welcome|deserved|deserves|kind|friendly|fortunate|lucky|~enjoy|inspiring|honoured|honored|grateful|brilliant|excellent|wonderful|talented|strong|congratulating",
        "no|without|never|not ..1 doubt|doubted|question|hesitation|wonder",
        "others|@candidate|they|someone|somebody|who|people|@chose ..4 better|stronger|closer|more|greater|deeper|higher|longer ..4 than i|me|mine|my|myself",
        "better|stronger|closer|sensible|right|natural|great|good|obvious ..2 match|fit|suited",
        "i ~do|would|will|could|~be|~have not ..2 ~think|~claim|~say|~mean|~compare|comparing|~suggest|~want|~wish|~begrudge|~feel|~know|writing|saying|claiming|suggesting",
        "i ..4 less|fewer|weaker|worse|barely|hardly ..3 than",
        "mentor|coach|practise|practice|study|prepare|next time",
        "luck|frameworks",
        "no less $",
        "compared|comparing ..1 to|with ..3 ago|earlier|before|previously|last",
        "~meet|~see|interview others|other ..2",
        "other ..1 @candidate to|you ~see|~meet",
    ])
});
/// It cannot be true.
static DISBELIEF: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "i ..1 doubt|wonder|question",
        "doubtful|unlikely|impossible|inconceivable|puzzling|strange|odd|curious|baffling|surely",
        "hard|difficult|cannot|not|never|struggle|unable|fail ..2 ~believe|~imagine|~think|~see|fathom|~understand",
        "reason why ..1",
        "~surprise|~puzzle|~baffle|~astonish|~amaze|~stun|~amuse me|that|by|to|you",
        "not ..1 have ..1 been|found|met",
        "no way|chance that|the|any|someone|anyone",
        "^ why|how ..1 ~be|~do|can|could|would|a|an|someone|somebody",
    ])
});
/// And what cannot be true is that they are as good.
static STANDING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "better|stronger|more|superior|outperform|~match|preferred|suited|suitable|capable|qualified|chosen|~prefer|fewer|less|as ..6 !fit",
    ])
});

/// Words further apart than this have nothing to do with each other.
const FAR: usize = 30;

/// A sentence that sets the others on a scale with the writer, or does not believe in them.
pub(super) fn weighs_rivals(text: &Text<'_>, sentence: &Range<usize>) -> Option<Range<usize>> {
    let rival = first(&RIVALS, text, sentence)?;
    let scale = || first(&SCALE, text, sentence).filter(|_| !GRACE.any(text, sentence));
    let disbelief = || {
        first(&DISBELIEF, text, sentence)
            .filter(|place| STANDING.any(text, &(place.start..sentence.end)))
    };
    let other = disbelief().or_else(scale)?;
    let place = rival.start.min(other.start)..rival.end.max(other.end);
    let quoted = text.words[rival].iter().all(|word| word.quoted);
    let near = place.len() <= FAR;
    (near && !quoted && !is_anothers(text, sentence, &place)).then_some(place)
}

fn first(phrases: &Phrases, text: &Text<'_>, sentence: &Range<usize>) -> Option<Range<usize>> {
    sentence
        .clone()
        .find_map(|at| phrases.at(text, sentence, at))
}
