//! Is it English? And which words are everyday English?
//!
//! A statistical detector (whatlang: MIT, small, no model files) needs some sentences and is easily misled
//! by names and by short texts. Short words decide better: half of an English text is made of a hundred words
//! that no other language has, and the same holds for its neighbours. So these are counted first, and the
//! detector is asked only where they leave it open.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::text::Text;

/// Words that make up about half of any English text and belong to no neighbour of English.
const EVERYDAY: &str = "
    one two three four five six seven eight nine ten eleven twelve twenty thirty the of and to that is was for it with you i be are this have from by not but had his they she which we were
    been has their would what will there if can all her who more when up out my them than some could its into then do any our
    your only other about these may should how did very just where most know get through back much before after go good
    new because our too even here think also around another came come work three must does part great such take
    why put again off went old long little own right still find give never way being years under last might us see
    those both while every each between against during without however although though since until whether shall yes
    am im dont cannot please thank thanks dear hello hi hey sincerely regards best kind warm cheers sorry hope
    appreciate grateful opportunity feedback interview position role team decision application consider considering considered
    time letting know informing learn learning improve future company hiring manager job career really
    would-be better people first like look looking forward hear hearing meet meeting met enjoyed enjoy wish luck
    experience skills happy glad sure understand respect disappointed chance interested interest everyone anyone someone something
    anything nothing nobody everything always often once ever soon today tomorrow week weeks month months day days year
    morning afternoon evening yours truly faithfully noted received ok okay cool awesome nice lovely wonderful
    well done got made make making let need needed want wanted ask asked asking share shared sharing told tell said say
    answer question questions offer reply email message call talk talking speak speaking conversation
    waste wasted fault demand expect wrong unfair rude stop acceptable unacceptable ridiculous ignore ignored absolutely completely
    totally give gave given keep kept mind open work working worked worth few many long hours hour minutes next step steps
    owe explanation explain reason reasons hard easy bad worse worst real truth lie lied liar mistake disagree candidate
    candidates qualified hire hired hiring process person reconsider beg begging desperate god hell nurse engineer teacher accountant
    have-not having cant wont didnt isnt wasnt over down on in at as an a me he or so no now";

/// Of these, languages beside English have the same spelling: they prove nothing, but they are English too.
const SHARED: &str = "a i in on at as an me he or so no am was is it we go do of all still will her for but can by part us over my up mind real";

/// Words that English does not have and its neighbours use in every other sentence.
const FOREIGN: &str = "
    der die das und ist nicht ich sie wir ihr mit für auf eine ein einen einer dem den des zu von im für ihre ihren ihnen
    danke vielen dank sehr geehrte geehrter liebe lieber hallo grüße grüßen freundlichen bitte auch wenn dass haben habe bin sind
    über oder aber nach bei wie wird werden wurde kann könnte möchte würde mich mir uns noch nur schon guten tag mein meine
    le la les des du et est je vous nous ne pas que qui une un pour dans avec sur votre vos notre mon ma mes merci bonjour
    cordialement madame monsieur suis été avez pouvez être cette ce ces mais aussi très bien au aux par plus si ont
    el los las y es no yo usted ustedes de del que en con por para su sus una un gracias hola estimado estimada saludos
    muy pero como más está estoy fue ha he sido me mi se lo al porque también cordial atentamente buenos días quisiera
    o os as e é eu você vocês não em com por para seu sua uma um do da dos das no na obrigado obrigada olá prezado prezada caro cara
    muito mas como mais está estou foi tem pela pelo ao atenciosamente bom boa dia gostaria
    il lo gli e è io lei voi non di che in con per un una del della dei delle nel nella grazie gentile buongiorno salve cordiali saluti
    sono ho ha ma come più mi vi ci anche molto questo questa vostro vostra suo sua mio
    de het een en ik u jij wij niet van in op te dat die met voor aan zijn heb bedankt dank beste geachte hallo groet groeten vriendelijke
    maar ook bij naar om uw mijn zou kunnen graag deze heeft was er nog als
    i w na z się nie jest że do to ja pan pani dziękuję dzień dobry szanowna szanowny pozdrawiam za o po jak czy dla od ale
    proszę bardzo mi mnie państwa państwu tym ten jestem był była moja mój serdecznie
    och att det som en på är av för med till den inte jag har vi ni tack hej hälsningar om ett kan mig er från vänliga
    og at det som en på er af for med til den ikke jeg har vi tak hej hilsen hilsner om et kan mig fra venlig takk vennlig
    ja ei on että se olen oli kiitos hei hyvä mutta kun teidän terveisin minä ystävällisin
    a az és hogy nem egy köszönöm tisztelt kedves üdvözlettel vagyok volt ez de is
    a je se na že to s v jsem děkuji dobrý den vážený vážená pozdravem za pro ale
    ve bir bu için teşekkür ederim merhaba sayın saygılarımla değil çok ile ben
    și este nu că un o pentru cu mulțumesc bună ziua stimate stimată salutări din la
    saya anda dan yang untuk terima kasih dengan tidak selamat hormat bapak ibu ini itu atas
    salamat po ang mga ng sa ako kayo hindi maraming
    cảm ơn tôi và của không xin chào
    hvala poštovani lijep pozdrav nije sam za što";

static ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| EVERYDAY.split_whitespace().collect());
static NEIGHBOURS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let shared: HashSet<&str> = SHARED.split_whitespace().collect();
    FOREIGN
        .split_whitespace()
        .filter(|word| !shared.contains(word) && !ENGLISH.contains(word))
        .collect()
});
static PROOF: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let shared: HashSet<&str> = SHARED.split_whitespace().collect();
    ENGLISH.difference(&shared).copied().collect()
});

/// One of the words that everybody knows.
pub(super) fn is_everyday_word(norm: &str) -> bool {
    ENGLISH.contains(norm)
}

/// From this share of everyday words on it is English, whatever else is in it.
const ENGLISH_SHARE: f64 = 0.2;
/// Below this share of them, a longer text is not.
const FOREIGN_SHARE: f64 = 0.06;
/// So many words are enough for the detector.
const ENOUGH_WORDS: usize = 8;

/// Is the text English?
pub(super) fn is_english(text: &Text<'_>) -> bool {
    let words: Vec<&str> = text
        .words
        .iter()
        .map(|word| word.norm.as_str())
        .filter(|norm| norm.chars().any(char::is_alphabetic))
        .collect();
    if words.is_empty() {
        return false;
    }
    let latin = words
        .iter()
        .filter(|norm| norm.chars().all(|c| !c.is_alphabetic() || c < '\u{250}'))
        .count();
    if latin * 2 < words.len() {
        return false;
    }
    let count = |set: &HashSet<&str>| words.iter().filter(|norm| set.contains(*norm)).count();
    let (english, foreign) = (count(&PROOF), count(&NEIGHBOURS));
    let share = english as f64 / words.len() as f64;
    if foreign > english {
        return false;
    }
    if share >= ENGLISH_SHARE && 2 * english >= 3 * foreign {
        return true;
    }
    if words.len() < ENOUGH_WORDS {
        return english > 0 || foreign == 0 && words.iter().all(|norm| norm.is_ascii());
    }
    share >= FOREIGN_SHARE
        && whatlang::detect(text.raw).is_some_and(|info| info.lang() == whatlang::Lang::Eng)
}
