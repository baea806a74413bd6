//! Forms of words: what a written word is compared as, and which forms an entry of a rule stands for.

use super::text::is_invisible;

/// What is written without its apostrophe, or as people write when they are in a hurry. Sorted.
const SHORTHAND: &[(&str, &[&str])] = &[
    ("ain't", &["is", "not"]),
    ("aint", &["is", "not"]),
    ("arent", &["are", "not"]),
    ("can't", &["can", "not"]),
    ("cannot", &["can", "not"]),
    ("cant", &["can", "not"]),
    ("couldnt", &["could", "not"]),
    ("didnt", &["did", "not"]),
    ("doesnt", &["does", "not"]),
    ("dont", &["do", "not"]),
    ("gimme", &["give", "me"]),
    ("gonna", &["going", "to"]),
    ("gotta", &["have", "to"]),
    ("hadnt", &["had", "not"]),
    ("hasnt", &["has", "not"]),
    ("havent", &["have", "not"]),
    ("im", &["i", "am"]),
    ("isnt", &["is", "not"]),
    ("ive", &["i", "have"]),
    ("lemme", &["let", "me"]),
    ("pls", &["please"]),
    ("plz", &["please"]),
    ("r", &["are"]),
    ("shan't", &["shall", "not"]),
    ("shouldnt", &["should", "not"]),
    ("thanx", &["thanks"]),
    ("thats", &["that", "is"]),
    ("thx", &["thanks"]),
    ("u", &["you"]),
    ("ur", &["your"]),
    ("wanna", &["want", "to"]),
    ("wasnt", &["was", "not"]),
    ("werent", &["were", "not"]),
    ("whats", &["what", "is"]),
    ("won't", &["will", "not"]),
    ("wont", &["will", "not"]),
    ("wouldnt", &["would", "not"]),
    ("y'all", &["you"]),
    ("ya", &["you"]),
    ("yall", &["you"]),
    ("youd", &["you", "would"]),
    ("youll", &["you", "will"]),
    ("youre", &["you", "are"]),
    ("youve", &["you", "have"]),
];

/// After these, `'s` is `is`; after a name it is the genitive.
const BEFORE_IS: &[&str] = &[
    "it",
    "that",
    "there",
    "what",
    "he",
    "she",
    "who",
    "how",
    "where",
    "here",
    "this",
    "everything",
    "nothing",
];

/// The normal forms of a written word: several for a contraction.
pub(super) fn normal_forms(written: &str) -> Vec<String> {
    let plain: String = written
        .chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| match character {
            '’' | '‘' | 'ʼ' | '＇' | '`' | '´' => '\'',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect();
    if let Ok(found) = SHORTHAND.binary_search_by_key(&plain.as_str(), |(short, _)| short) {
        return SHORTHAND[found].1.iter().map(ToString::to_string).collect();
    }
    let Some((stem, ending)) = plain.rsplit_once('\'') else {
        return vec![plain];
    };
    let second = match ending {
        "t" if stem.ends_with('n') && stem.len() > 2 => {
            return vec![stem[..stem.len() - 1].to_owned(), "not".to_owned()];
        }
        "m" => "am",
        "re" => "are",
        "ve" => "have",
        "ll" => "will",
        "d" => "would",
        "s" if stem == "let" => "us",
        "s" if BEFORE_IS.contains(&stem) => "is",
        "s" => "'s",
        "" => return vec![stem.to_owned()],
        _ => return vec![plain],
    };
    vec![stem.to_owned(), second.to_owned()]
}

/// Verbs and nouns whose forms follow no rule.
const IRREGULAR: &[&[&str]] = &[
    &["be", "am", "is", "are", "was", "were", "been", "being"],
    &["beat", "beats", "beaten", "beating"],
    &["become", "becomes", "became", "becoming"],
    &["begin", "begins", "began", "begun", "beginning"],
    &["break", "breaks", "broke", "broken", "breaking"],
    &["bring", "brings", "brought", "bringing"],
    &["choose", "chooses", "chose", "chosen", "choosing"],
    &["come", "comes", "came", "coming"],
    &["cost", "costs", "costing"],
    &["do", "does", "did", "done", "doing"],
    &["fall", "falls", "fell", "fallen", "falling"],
    &["feel", "feels", "felt", "feeling"],
    &["fight", "fights", "fought", "fighting"],
    &["find", "finds", "found", "finding"],
    &["forget", "forgets", "forgot", "forgotten", "forgetting"],
    &["get", "gets", "got", "gotten", "getting"],
    &["give", "gives", "gave", "given", "giving"],
    &["go", "goes", "went", "gone", "going"],
    &["have", "has", "had", "having"],
    &["hear", "hears", "heard", "hearing"],
    &["hold", "holds", "held", "holding"],
    &["keep", "keeps", "kept", "keeping"],
    &["know", "knows", "knew", "known", "knowing"],
    &["lead", "leads", "led", "leading"],
    &["leave", "leaves", "left", "leaving"],
    &["let", "lets", "letting"],
    &["lie", "lies", "lied", "lying"],
    &["lose", "loses", "lost", "losing"],
    &["make", "makes", "made", "making"],
    &["meet", "meets", "met", "meeting"],
    &["mislead", "misleads", "misled", "misleading"],
    &["pay", "pays", "paid", "paying"],
    &["put", "puts", "putting"],
    &["read", "reads", "reading"],
    &["say", "says", "said", "saying"],
    &["see", "sees", "saw", "seen", "seeing"],
    &["seek", "seeks", "sought", "seeking"],
    &["send", "sends", "sent", "sending"],
    &["set", "sets", "setting"],
    &["speak", "speaks", "spoke", "spoken", "speaking"],
    &["spend", "spends", "spent", "spending"],
    &["string", "strings", "strung", "stringing"],
    &["take", "takes", "took", "taken", "taking"],
    &["teach", "teaches", "taught", "teaching"],
    &["tell", "tells", "told", "telling"],
    &["think", "thinks", "thought", "thinking"],
    &["throw", "throws", "threw", "thrown", "throwing"],
    &["understand", "understands", "understood", "understanding"],
    &["write", "writes", "wrote", "written", "writing"],
];

/// Every form of a verb or noun by the rules of spelling, and a few that nobody writes, which does no harm.
pub(super) fn forms(base: &str) -> Vec<String> {
    if let Some(all) = IRREGULAR.iter().find(|all| all[0] == base) {
        return all.iter().map(ToString::to_string).collect();
    }
    let mut all = vec![base.to_owned()];
    let mut add = |stem: &str, endings: &[&str]| {
        all.extend(endings.iter().map(|ending| format!("{stem}{ending}")));
    };
    if let Some(stem) = base.strip_suffix('e') {
        add(stem, &["es", "ed", "ing"]);
    } else if let Some(stem) = base.strip_suffix('y') {
        add(stem, &["ies", "ied"]);
        add(base, &["s", "ed", "ing"]);
    } else {
        add(base, &["s", "es", "ed", "ing"]);
        if let Some(last) = base
            .chars()
            .next_back()
            .filter(|last| "bdgklmnprt".contains(*last))
        {
            add(&format!("{base}{last}"), &["ed", "ing"]);
        }
    }
    let british: Vec<String> = all
        .iter()
        .filter(|form| form.contains("iz"))
        .map(|form| form.replace("iz", "is"))
        .collect();
    all.extend(british);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthand_is_sorted_and_found() {
        assert!(SHORTHAND.is_sorted_by_key(|(short, _)| *short));
        for written in ["can't", "cannot", "cant", "CAN’T"] {
            assert_eq!(normal_forms(written), ["can", "not"], "{written}");
        }
    }

    #[test]
    fn contractions_are_taken_apart_and_genitives_are_kept() {
        assert_eq!(normal_forms("Don’t"), ["do", "not"]);
        assert_eq!(normal_forms("we'd"), ["we", "would"]);
        assert_eq!(normal_forms("that's"), ["that", "is"]);
        assert_eq!(normal_forms("Recruiter's"), ["recruiter", "'s"]);
        assert_eq!(normal_forms("f\u{200b}ine"), ["fine"]);
    }

    #[test]
    fn forms_follow_the_rules_of_spelling() {
        for (base, form) in [
            ("waste", "wasting"),
            ("beg", "begged"),
            ("reply", "replied"),
            ("make", "made"),
            ("apologize", "apologising"),
            ("process", "processes"),
        ] {
            assert!(forms(base).iter().any(|it| it == form), "{base}: {form}");
        }
    }
}
