//! Profanity: swear words, also half hidden ones.

use super::Spoken;

pub(super) const PROFANITY: Spoken = Spoken {
    says: &[
        "@swear",
        "f you|off|u|this|that",
        "go|rot|burn to? in? hell",
        "~kiss|~bite my|your arse|ass|butt",
        "~pain in the|my ass|arse|butt|backside",
        "stick|shove it|that|your|this ..4",
        "son|sons of a? ~bitch",
        "~idiot|~moron|~imbecile|~cretin|~buffoon|~dimwit|~halfwit|~numpty|~muppet|~pillock|~scum|~clown|dumb|losers",
        "god|jesus|christ damn|christ|sake",
    ],
    spares: &[
        // A compliment that everybody says.
        "~hell of a|an",
        "dick !head|move|about|around",
        "bloody mary|sunday",
        "bs|af in|from|degree|and|@candidate|nursing|engineering|biology|chemistry|computer|cs|physics|psychology|mathematics|economics|bsn|ms|ba|with|program|graduate",
        "a|my|the|had|of|received|earned|completed|with|holding|hold|holds|finished|finish bs",
        "~screw !you|this|that|it|up|off|over|your|them|em",
        "~screwing|screws|screw|screwed in|on|into|together|compression|conveyor|pump|driver|terminal|thread|cap|gun|machine|jack",
        "~suck|sucking|sucks up|in|out|air|through",
        "~dumb waiter|bell|terminal|down",
        "~damn ..1 with faint",
        "~jerk ..1 reaction|chicken|around|me|us|knee",
        "knee ~jerk",
        "~prick ..1 finger|skin|test|tests|needle|ears|blood",
        "heel|finger|skin|pin|needle|ear ~prick",
        "pissed pants",
        "ass burro|donkey|mule",
        "~clown nose|fish|school|class|college|costume|doctor|doctors|therapy|workshop",
        "as a|an|the ~clown",
        "medical|hospital|children ~clown",
        "~jerk chicken|pork",
        "retard|retarded|retarding flame|fire|agent|growth",
        "flame|fire retardant|retarded",
        "~scum layer|line|tank",
        "~tosser pancake",
        "~crap out|game|table",
        "~bastard file|sword|mint",
        "cocking hammer",
        "ffs|af framework|system|flash",
        "bloody dressing|dressings|bandage|sputum|discharge|gauze|nose",
        "hell|bloody ..1 kitchen",
        "hell week|month",
        "hell 's",
        "bloody minded",
    ],
    after: &[],
    negatable: false,
};

/// Roots of swear words, for written forms in which some letters are stars or digits.
const ROOTS: &[&str] = &[
    "fuck",
    "fucking",
    "fucked",
    "fucker",
    "fuckers",
    "fucks",
    "shit",
    "shitty",
    "shits",
    "shitshow",
    "shitstorm",
    "clusterfuck",
    "bullshit",
    "ass",
    "asshole",
    "assholes",
    "arse",
    "arsehole",
    "bitch",
    "bitches",
    "bastard",
    "bastards",
    "damn",
    "crap",
    "dick",
    "dickhead",
    "piss",
    "pissed",
    "cunt",
    "cunts",
    "hell",
    "prick",
    "wanker",
    "wankers",
    "twat",
    "bollocks",
    "bloody",
    "motherfucker",
    "bullsh",
    "idiots",
    "idiot",
];

/// Is it a swear word with stars for letters, such as `sh*t`, `f***ing`, `b*****ds`?
pub(super) fn is_masked(norm: &str) -> bool {
    let is_mask = |character: &char| !character.is_alphanumeric();
    let stars = norm.chars().filter(is_mask).count();
    let letters = norm.chars().count() - stars;
    stars > 0
        && letters > 0
        && ROOTS.iter().any(|root| {
            root.chars().count() == letters + stars
                && root
                    .chars()
                    .zip(norm.chars())
                    .all(|(a, b)| is_mask(&b) || a == b)
        })
}
