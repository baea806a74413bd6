//! Classes of words that the rules share.

/// The members of a class; each may be a word, `~word` or another `@class`.
pub(super) fn class(name: &str) -> impl Iterator<Item = &'static str> {
    CLASSES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, members)| members.split_whitespace())
        .expect("a phrase names a class of this file, as the tests that read all phrases show")
}

#[rustfmt::skip]
const CLASSES: &[(&str, &str)] = &[
    // People on the employer's side.
    ("staff", "
        ~recruiter ~interviewer panel hr ~manager ~team company people staff department ~colleague
        organization organisation firm leadership management board committee ~employee ~engineer ~director
        recruitment hospital school office agency ceo cto folks guys ~assistant ~secretary ~receptionist
        ~technician ~director ~supervisor ~coordinator ~examiner ~assessor
    "),
    // What the employer did and how.
    ("process", "
        ~process ~interview hiring recruitment selection communication ~decision treatment ~email ~response
        ~reply handling experience ~posting ~ad ~advert ~test ~assignment ~assessment rejection reasoning
        behavior behaviour conduct attitude ~excuse scheduling ~question ~system ~practice ~standard way
        ~call ~procedure ~evaluation ~judgment ~judgement ~stage ~round culture ~exercise ~letter ~message
        ~explanation ~timeline outcome ~method feedback organization organisation
    "),
    // What the employer thinks.
    ("verdict", "
        ~decision ~assessment ~conclusion ~evaluation ~verdict ~judgment ~judgement reasoning rationale
        feedback ~reason ~claim ~statement ~view ~opinion ~finding ~impression ~concern ~ranking ~score
        ~criticism ~explanation rejection ~outcome result premise logic ~point ~comment ~remark ~notion
        ~interpretation ~characterization ~marking ~grade ~argument ~assumption ~allegation accusation ~belief
    "),
    // What is said against a verdict.
    ("untenable", "
        wrong incorrect inaccurate mistaken false untrue flawed absurd nonsense ridiculous laughable illogical
        unjustified unfounded baseless unreasonable unfair unjust unacceptable incomprehensible inexplicable
        incredible unconvincing contradictory arbitrary hasty premature shortsighted misguided indefensible
        groundless superficial invalid error mistake misjudgment misjudgement blunder bizarre odd
    "),
    // What goes wrong when others do not care.
    ("harm", "
        mess chaos disaster fiasco shambles incompetence negligence carelessness
        indifference rudeness disrespect arrogance bias prejudice dishonesty incompetent careless negligent
        indifferent misinformed misled misinformation lies forgot forgotten ignored neglected wasted
        ruined botched bungled mishandled misplaced unanswered unprofessional disorganized disorganised
        unprepared uninterested rude hostile dismissive condescending bored distracted humiliating humiliated
        insulted insulting mocked ghosted disrespected unfairly sabotaged
        embarrassed betrayed deceived patronized patronised belittled mistreated
    "),
    // What one calls it in anger.
    ("bad", "
        unprofessional unprofessionally rude rudely unfair unfairly biased incompetent disorganized
        disorganised sloppy careless carelessly lazy dishonest disrespectful disrespectfully terrible
        terribly awful awfully horrible horribly pathetic ridiculous shameful shamefully disgraceful
        disgracefully shoddy appalling appallingly joke mess farce disgrace unacceptable inconsiderate
        negligent clueless unprepared arrogant insulting humiliating chaotic abysmal deceptive deceitful
        misleading discriminatory prejudiced racist sexist ageist hypocritical cowardly thoughtless amateur
        amateurish inept hopeless useless condescending dismissive hostile shambles shambolic atrocious
        dreadful disgusting callous heartless cruel flawed rigged sham unethical insensitive ignorant
        laughable patronizing patronising lousy inexcusable unreasonable poorly badly untrustworthy liars
        liar cowards waste circus broken spineless embarrassing scandalous outrageous unkind inhumane
        degrading offensive shameless hypocrites toxic bunch unhelpful uncooperative impolite unfriendly
        unreliable unresponsive unorganized unorganised messy nonexistent
    "),
    ("very", "
        so very really quite rather extremely incredibly utterly totally completely absolutely truly just
        simply frankly honestly clearly obviously plainly deeply highly pretty too bit little a an such most
        all both downright
    "),
    ("sure", "
        clearly obviously evidently plainly certainly definitely absolutely more easily fully perfectly
        undoubtedly demonstrably objectively actually honestly truly simply eminently extremely highly well
        over exactly
    "),
    ("number", "
        one two three four five six seven eight nine ten eleven twelve a an several many all 1 2 3 4 5 6 7 8
        9 10 12 14 24 36 48 72 few couple next half another
    "),
    ("duration", "
        ~minute ~hour ~day ~week ~month ~year ~round ~interview ~stage hrs weekend
    "),
    ("deadline", "
        monday tuesday wednesday thursday friday saturday sunday tomorrow tonight today noon midday midnight
        eod cob eow end close morning evening january february march april may june july august september
        october november december week weekend 5pm 5 latest lunchtime
    "),
    // People who tell the writer something.
    ("adviser", "
        friend friends mentor coach counselor counsellor wife husband partner mother mom mum father dad
        sister brother colleague tutor someone somebody advisor adviser roommate flatmate cousin uncle aunt
        teacher professor books article articles book others everyone family grandmother neighbour neighbor
        classmates classmate
    "),
    ("told", "
        ~say ~tell ~joke ~suggest ~advise ~warn ~urge ~call ~teach ~think ~recommend ~encourage ~ask
    "),
    ("other", "
        other another different selected successful chosen hired winning internal preferred final remaining
        competing rival fellow
    "),
    ("candidate", "
        ~candidate ~applicant ~person people ~finalist ~contender ~hire ~competitor guy woman man
        ~interviewee ~graduate one chap girl lad lady gentleman boy appointee newcomer recruit fellow bloke kid
    "),
    // How the other got the job.
    ("chose", "
        ~choose ~hire ~pick ~select ~prefer ~appoint ~employ ~take went going ~settle
    "),
    ("answer", "
        ~answer ~explanation ~reason ~reply ~response ~apology feedback ~justification clarification
        ~breakdown ~report reconsideration compensation refund ~account ~statement ~score ~note closure
        ~call ~review transparency honesty truth ~detail detailed
    "),
    // What somebody is told to do.
    ("command", "
        send give tell explain provide respond reply answer forward fix justify call email get reconsider
        review return hand show share confirm clarify stop write reimburse pay disclose reveal release
        supply issue refund compensate apologize apologise arrange deliver rectify account state list
    "),
    // At once.
    ("soon", "
        immediately asap urgently instantly forthwith promptly straightaway tonight today now
    "),
    // Who makes things public.
    ("press", "
        press media ~journalist newspaper newspapers papers ~reporter gazette ~editor tabloid tabloids bbc
        broadcaster
    "),
    ("public", "
        glassdoor kununu indeed trustpilot reddit linkedin twitter facebook instagram tiktok youtube yelp
        social online internet web blog forum forums followers subscribers network publicly everywhere
    "),
    // Who looks into complaints.
    ("authority", "
        ombudsman ombudsperson ~regulator inspectorate ministry council eeoc acas ~tribunal commission police
        ~authority union ofsted cqc ico watchdog ~court governors directors headquarters ceo superiors supervisor authorities
    "),
    ("lawyer", "
        ~lawyer ~attorney ~solicitor ~barrister
    "),
    // To let somebody know.
    ("inform", "
        ~inform ~notify ~contact ~alert ~report ~complain ~involve ~approach ~tell ~go ~speak ~talk ~take
        ~bring ~forward ~leak ~escalate ~turn ~refer ~submit ~appeal ~call ~email
    "),
    // Those whom the employer works for.
    ("patron", "
        ~customer ~client ~investor ~donor ~shareholder ~sponsor ~patient ~parent ~owner ~taxpayer ~reader
        ~boss board chairman ceo
    "),
    ("kin", "
        nephew niece cousin son daughter godson buddy brother
    "),
    // Swear words; `profanity` spares the harmless senses.
    ("swear", "
        ~fuck fucker fuckers motherfucker motherfuckers motherfucking fuckin fuckup clusterfuck ~shit shitty
        shitshow shitless shite ~bullshit bullshitting horseshit dipshit ~asshole ~arsehole arse ~dumbass
        jackass badass smartass bullcrap ass asses ~bitch bitchy ~bastard ~crap crappy ~piss dickhead
        dickheads ~dick ~prick ~wanker bollocks goddamn goddamned ~damn damnit dammit ~cunt ~twat ~douchebag
        ~douche wtf stfu ffs gtfo bugger tosser tossers knobhead sodding bellend ~screw effing freaking
        frigging fricking ~slut ~whore fck fcking fuk fking effin lmfao retarded ~retard ~suck ~jerk hell
        bloody bs af scumbag scumbags
    "),
];
