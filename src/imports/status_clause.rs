//! One clause of a status cell: who did what, and what is denied.

/// Who did what a verb says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Me,
    Them,
    Unknown,
}

/// The words between two marks of punctuation, in lower case.
pub(super) struct Clause<'a> {
    pub(super) words: Vec<&'a str>,
    // Whether the text says that an answer is still awaited.
    pub(super) open: bool,
}

impl Clause<'_> {
    pub(super) fn at(&self, index: usize) -> &str {
        self.words.get(index).copied().unwrap_or_default()
    }

    pub(super) fn before(&self, index: usize) -> &str {
        index.checked_sub(1).map_or("", |index| self.at(index))
    }

    pub(super) fn has(&self, wanted: &[&str]) -> bool {
        self.words.iter().any(|word| wanted.contains(word))
    }

    // Whether one of `wanted` follows within `reach` words.
    pub(super) fn follows(&self, index: usize, reach: usize, wanted: &[&str]) -> bool {
        (index + 1..=index + reach).any(|next| wanted.contains(&self.at(next)))
    }

    // The word that denies this one, looking back over words that carry no meaning of their own.
    // "No response after interview" denies the response, not the interview.
    pub(super) fn denial(&self, index: usize) -> Option<&str> {
        const DENIALS: [&str; 29] = [
            "not",
            "no",
            "never",
            "without",
            "before",
            "prior",
            "didnt",
            "wasnt",
            "havent",
            "hasnt",
            "isnt",
            "wont",
            "cant",
            "cannot",
            "non",
            "dont",
            "doesnt",
            "arent",
            "werent",
            "hadnt",
            "couldnt",
            "zero",
            "hope",
            "hoping",
            "expecting",
            "want",
            "didn",
            "wouldnt",
            "neither",
        ];
        const LIGHT: [&str; 54] = [
            "a",
            "an",
            "the",
            "any",
            "yet",
            "been",
            "be",
            "being",
            "get",
            "got",
            "getting",
            "gotten",
            "have",
            "has",
            "had",
            "even",
            "my",
            "their",
            "to",
            "for",
            "of",
            "on",
            "was",
            "were",
            "am",
            "is",
            "are",
            "did",
            "do",
            "does",
            "receive",
            "received",
            "make",
            "made",
            "longer",
            "ever",
            "selected",
            "chosen",
            "invited",
            "move",
            "moving",
            "moved",
            "forward",
            "proceed",
            "proceeding",
            "progress",
            "advance",
            "advanced",
            "considered",
            "shortlisted",
            "back",
            "further",
            "under",
            "in",
        ];
        for word in self.words[..index].iter().rev() {
            if DENIALS.contains(word) {
                return Some(word);
            }
            if !LIGHT.contains(word) {
                return None;
            }
        }
        None
    }

    pub(super) fn denied(&self, index: usize) -> bool {
        self.denial(index).is_some()
    }

    // Who did what the verb at `index` says.
    pub(super) fn actor(&self, index: usize) -> Actor {
        const ME: [&str; 5] = ["me", "myself", "candidate", "applicant", "us"];
        const THEM: [&str; 11] = [
            "they",
            "theyve",
            "theyre",
            "company",
            "employer",
            "recruiter",
            "hr",
            "client",
            "team",
            "manager",
            "it",
        ];
        if let Some(by) = (index + 1..index + 5).find(|next| self.at(*next) == "by") {
            match self.at(by + 1) {
                "" => {}
                name if ME.contains(&name) => return Actor::Me,
                _ => return Actor::Them,
            }
        }
        if self.follows(index, 2, &["me", "us"]) {
            return Actor::Them;
        }
        let earlier = &self.words[..index];
        let passive = earlier.iter().rev().take(3).any(|word| {
            matches!(
                *word,
                "was" | "were" | "been" | "got" | "get" | "am" | "is" | "being" | "getting" | "im"
            )
        });
        for word in earlier.iter().rev() {
            if matches!(*word, "i" | "ive" | "id" | "im" | "we" | "weve") {
                return if passive { Actor::Them } else { Actor::Me };
            }
            if THEM.contains(word) && !passive {
                return Actor::Them;
            }
        }
        if self.follows(index, 2, &["them", "it"]) {
            return Actor::Me;
        }
        let about_offer = earlier.iter().any(|word| word.starts_with("offer"));
        if passive && !about_offer {
            Actor::Them
        } else {
            Actor::Unknown
        }
    }

    // Whether an offer is what the verb is about, not merely when it happened ("after the offer").
    pub(super) fn offer_is_meant(&self) -> bool {
        (0..self.words.len()).any(|index| {
            let mut before = self.words[..index].iter().rev();
            let lead = before
                .find(|word| !matches!(**word, "the" | "an" | "a" | "job" | "their" | "verbal"));
            let when = [
                "after",
                "post",
                "at",
                "following",
                "during",
                "despite",
                "with",
                "another",
                "other",
            ];
            matches!(self.at(index), "offer" | "offers")
                && !self.denied(index)
                && self.at(index + 1) != "stage"
                && !lead.is_some_and(|word| when.contains(word))
        })
    }
}
