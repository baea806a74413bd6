//! Sarcasm: praise or good wishes that mean the opposite.

use std::ops::Range;
use std::sync::LazyLock;

use super::Spoken;
use crate::messages::tone::phrase::Phrases;
use crate::messages::tone::text::Text;

pub(super) const SARCASM: Spoken = Spoken {
    says: &[
        "worth every ~penny|~cent",
        "how|so ..1 professional|mature|classy|brave|original|efficient|dignified|humane|convenient of you|your|them",
        "^ great|wonderful|fantastic|perfect|lovely|brilliant now i|we|everyone",
        // Mock admiration and mock politeness.
        "^ how original|convenient|typical|predictable|creative|innovative|imaginative ..1 $|a|an|another|that|of",
        "^ wonderful|great|lovely|super|fantastic|brilliant|perfect|excellent so ..1 my|i|now|all|@number|that|the",
        "to be ..1 rejected|ignored|ghosted|insulted ..1 again|once",
        "sure|bet|doubt|certain|hope ..6 ~be ..2 genius|prodigy|wonder|wizard|superstar|rockstar|saint|unicorn|messiah",
        "at least somebody|someone|one|you ..3 fun|laugh|enjoyed|entertained|amused",
        "alive and well|kicking",
        "congratulations|congrats|bravo|kudos|compliments|applause ..5 worst|wrong|bad|terrible|stupid|dumbest|biggest|slowest|rudest|mistake",
        "guess|suppose|gather|see being|experience|competence|honesty|talent|skill|quality|loyalty|hard|qualifications ..8 not ..3",
        // Stock phrases of irony.
        "how|so|very|really|most nice|kind|good|thoughtful|generous|considerate|gracious|decent|sweet|lovely|big|noble of you|your|them ..2 to ..1 finally|eventually|even|bother|actually|deign|grace|at",
        "nice|kind|good|thoughtful|generous|decent of you|them|your to ..1 finally|eventually|even|bother|deign|grace",
        "sure|confident|bet|doubt|hope|guess ..1 that? ..1 you ..3 ~find|found|~get|~hire|picked|chose ..2 someone|somebody|anyone ..1 cheaper|cheap|easier|quieter|obedient|younger ..1",
        "cheaper|more obedient|compliant|cousin|nephew ..1 instead $",
        "congratulations|congrats|bravo|kudos|applause|compliments|hats ..3 your ..2 taste|judgment|judgement|wisdom|communication|standards|timing|manners|loss|foresight|courage|honesty|professionalism|efficiency|generosity",
        "so|really|very|just glad|happy|thrilled|delighted|pleased that? i spent|gave|wasted|cancelled|canceled|rearranged|took|invested|sacrificed ..3 hours|days|weeks|months|weekend|weekends|evenings|holiday|vacation|leave|off",
        "what a|an ..1 professional|classy|mature|respectful|smart|clever|humane|modern|heartwarming|touching|personal|original|inspiring|stellar @process|@staff|way|organization|organisation|touch|reply|rejection",
        "work|stroke|mark|sign|act|feat|masterpiece of art|genius|class|brilliance|professionalism|diplomacy|communication|courtesy|courage ..1 $|from|by|on|indeed",
        "~colour|~color me surprised|shocked|impressed|amazed",
        "^ lucky me|them|you|him|her",
        "^ must be nice",
        "^ so? how|so|very|truly|really|simply|just|most wonderful|lovely|convenient|typical|original|predictable|creative|inspiring|impressive|remarkable|professional|classy|touching|generous|thoughtful|kind|charming|helpful|mature $",
        "^ how wonderful|convenient|typical|original|predictable|fitting|ironic ..1 that",
        "must be ..2 proud|exhausted|exhausting of|from|to|$",
        "thank|thanks you? ..4 for ..2 bothering|deigning",
        "~hold my|your breath",
        "~outdo yourself|yourselves",
        "sure|really|certainly ~know how to ~treat|~waste|~lose|~hire|~pick|~run|~attract|~keep|~reward",
        "^ clearly|obviously|apparently|evidently ..1 you|your|the ..6 busy|care|priority|priorities|high|standards|experts|wise|important|genius|geniuses|talent",
        "half|fraction the|of ..1 price|cost",
        "level|degree|standard|quality of ..2 professionalism|communication|courtesy|respect|care|effort|organisation|organization|empathy ..4 astonishing|breathtaking|stunning|unbelievable|incredible|something|staggering|astounding",
        "guess|suppose|see|gather|presume|assume|forgot ..4 not|never ..2 valued|wanted|appreciated|respected|welcome|fashionable|needed|required|important|thing|priority|matter|count ..2 $|here|there|anymore|these|nowadays|at|in|to|for",
        "~make|made my day|week|year ..1 $|truly|really",
        "~be|was ..1 truly|really|quite|absolutely ..1 a|an ..1 work|masterclass|masterpiece|marvel|inspiration|education|circus|farce|joke|comedy",
        "what a|an ..1 shock|shocker|coincidence|irony|joke|riot|hoot",
        "genius|geniuses|mastermind|masterminds|visionary|luminaries|luminary who|that|behind|at|in|of",
        "^ oh|ah|ok|right i see",
        "company|firm|employer|school|team|organisation|organization that|which|who ..1 ~do? ..1 not? ~reject|~ignore|bother|~ghost|~lose|~forget|answer|reply|care",
        "what a relief|comfort|consolation|honour|honor|delight|joy that|to ..1 you|your|the|know|hear ..1 ~do? not|only|never ..1",
        "what a relief|comfort that",
        "~feel|~be ..1 truly|so|deeply|really|simply|very|incredibly blessed|honoured|honored|privileged|moved|touched|flattered ..1 to|by|that ..3 two-line|one-line|three-line|automated|template|form|generic|standard|copy|rejected|robot",
        "~press|~click|~hit|~push ..2 send|button|delete|enter",
        "sorry|forgive|apologies|pardon me|for ..1 for? ..1 bothering|troubling|disturbing|existing|boring|burdening you|your ..1 with",
        "no match for a|an|the|your ..1",
        "~throw|~flip|~toss|~roll ..1 a|the ..1 coin|dice|die|dart|darts",
        "great|excellent|brilliant|wonderful|fantastic|smart|clever|good|bold|inspired choice|call|move|decision|idea ..1 hiring|rejecting|picking|choosing|taking|sending|ignoring|passing|leaving",
        "nice|pretty smile|face|hair|tie|golf ..1 ..1 $|counts|matters|was|is",
        "no worries|problem|rush|hurry ..1 i|it ..1 only|just ..1",
        "who would|could have ~think|thought|guess|guessed|known|imagined ..2",
        "how not to ..4",
        "let me know when you|your|someone|somebody ..3 ~learn|~find|~manage|~figure|learned|~decide|grown|~read",
        "way|out of|in ..1 fashion|style|vogue|demand|season $|these|nowadays|at|there|in|with",
        "in demand|fashion|vogue at|with|in your",
        "what a|an ..2 idea|move|decision|choice|plan|strategy|concept to ~hire|~choose|~pick|~reject|~ask|~take|~let|~waste|~give",
        "~friend|buddy|favourite|favorite|pet of|to the|your|a ..1 boss|director|manager|ceo|owner|chief",
        "setting|set|breaking|broke|new a|the|new ..1 ..1 record|standard|standards|benchmark|low|heights ..1 in|for|of ..3",
        "luck ..1 explaining|telling|selling|justifying|running|keeping|convincing",
        "next|another|more ..2 fascinating|exciting|thrilling|inspiring|charming|lovely|wonderful|delightful|beautiful ..2 ~form|~template|~rejection|letter|email|excuse|round|delay",
        "just|have|just ..1 lost the|your|a ..1 best|greatest|finest|ideal ..2",
        "^ lovely|nice|good|great|wonderful|delightful|kind|sweet to hear from you ..2 at|finally|eventually last|after|at ..2",
        // The patrons will be delighted.
        "~be|feel ..1 sure|certain|confident|bet|doubt|imagine|guess ..2 @patron ..2 will|must|are ..2 ~be|feel|so|very ..2 delighted|thrilled|overjoyed|ecstatic|impressed|proud|happy|grateful|pleased|love|loving",
        "sure|certain|doubt|bet|hope|trust ..2 nephew|niece|cousin|godson|golf",
        "@patron ..3 will|must|~be ..2 delighted|thrilled|overjoyed|ecstatic|proud|relieved ..1 with|by|to|about|of|that",
        "boss|director|ceo|owner|manager|founder|chairman|president|partner|mayor 's? @kin",
        "@kin of the|your|a ..1 boss|director|ceo|owner|manager|founder|chairman|president",
        "~walk on water",
        "~cure|~perform|~work cancer|~miracle",
        "~leap ..1 tall buildings",
        // Wishes and thanks for something nobody wants.
        "luck|fun|joy|enjoy|enjoying with|finding|replacing|explaining|running|keeping|filling|training|surviving|managing|hiring ..3 revolving|turnover|attitude|unicorn|unicorns|cheap|cheaper|cheapest|bargain|mess|chaos|salary|wages|wage|money|price|peanuts|circus|ship|standards|approach|strategy|nephew|anyone|anybody|culture|mediocrity|investors|amateurs|amateur|reputation",
        "^ ..1 ~enjoy explaining|cleaning|training|fixing|watching|replacing|paying|rehiring|finding|looking",
        "^ ~enjoy ..5 bad|cheap|mediocre|turnover|consequences|chaos|mistake|mistakes|bargain|sinking|nepotism|amateur|amateurs|mess|vacancy|empty|delays|fall|downfall|echo|revolving|savings|second|discount",
        "~applaud|~admire|~salute|~commend|~praise|~respect|marvel|hats ..3 courage|effort|nerve|audacity|talent|gift|ability|skill|honesty|speed|efficiency|way|how ..4 ~ignore|~ghost|~avoid|~reject|~waste|little|~disappear|~string|~lose|no|nobody|not|without|~say|~hide",
        "~applaud|~admire|~salute|~marvel ..2 how little|few|much|long|quickly ..1 effort|thought|time|you|little|it|no",
        "real|true|natural|remarkable|rare|special|impressive|unique|great talent|gift|knack|flair|genius for|at|in ~waste|~ignore|~ghost|~lose|making|keeping|saying|disappointing|silence|disappearing|~disappoint|delay",
        "silly|foolish|naive|stupid me|us i ..1 thought|believed|assumed|expected|imagined|hoped|figured",
        "and here|there i ..1 thought|was|believed",
        "i ..1 thought|believed|assumed|imagined ..1 that? ..2 ~skill|experience|honesty|merit|qualifications|manners|competence|talent|loyalty|effort|~degree ..1 ~matter|~count|mattered|meant|counted",
        "apparently|evidently|obviously|clearly|seemingly ..6 disadvantage|crime|sin|flaw|drawback|handicap|irrelevant|liability|overrated|optional|luxury|worthless|superfluous",
        "so|very|clearly|totally|quite|just|terribly overrated|optional|passé|superfluous",
        "overrated|superfluous ..1 $|these|nowadays|anyway",
        "^ sure|yes|right|yeah ..1 because ..2",
        "because who needs|wants",
        "such|what|how ..1 a? ..1 personal|human|warm|nice|lovely|classy|charming|elegant|subtle touch|gesture|flourish ..3 no|without|copy|template|form|automated|noreply|spelling|wrong|that",
        "what a|an ..2 triumph|monument|feat|display|demonstration|marvel|miracle|tribute|testament|model|beacon|shining ..1 of|to|for ..1 !team|craft|engineering|light",
        "what a|an ..2 efficient|quick|speedy|swift|caring|considerate|generous|thoughtful|transparent|humane|thorough|fair ..1 @staff|@process|way|selection|bunch|lot",
        "^ lovely|nice|good|great|wonderful|delightful|kind|sweet to hear|know|see|get ..4 at last|finally|eventually|only|after|nothing",
        "as if|though ..5 actually|ever|even|really|anybody|anyone ..1 had? ..1 ~read|~care|~look|~listen|~open|~mean|bothered",
        "a|one|two|three whole|entire ..2 ~sentence|~line|~word|~minute|~second|~paragraph",
        "whole|entire @number ~sentence|~line|~word|~minute|~second|~paragraph",
        "not|never|rarely|hardly ~feel so ..1 valued|special|appreciated|important|wanted|loved|respected|cherished",
        "~feel so|truly|really|incredibly|very ..1 valued|special|cherished|loved ..1 $|by|to|when",
        "out of ten|10|five|5 ..1 for",
        "^ full|top|top|high|extra marks|points|score for",
        "stars|star|points|marks|credit|prize|medal|award|applause for ..2 ~empathy|~effort|originality|~honesty|~speed|creativity|communication|courtesy|tact|transparency|style|trying|manners|warmth|consistency",
        "^ great|wonderful|fantastic|lovely|brilliant|perfect|super|splendid|excellent|oh another|yet ..1 !chance|opportunity",
        "yet another ..2 ~form|~template|~rejection|~company|standard|generic|automated|way|masterpiece|~letter|~email|lesson|reason",
        "~enjoy|~love|loved|enjoyed|treasure|treasured|cherish ..2 being ..1 ghosted|ignored|rejected|kept|left|lied|told|treated|strung",
        "kind|thoughtful|nice|generous|considerate|good|decent|gracious|lovely of|from you|your|them|him|her ..2 to ..1 ~yawn|~text|~finish|~eat|~check|~scroll|~interrupt|~forget|~cancel|~ignore|~ghost|~waste|~take ..3",
        "if ..1 that|this|it|reading|replying|you ..2 not ..2 taxing|strenuous|exhausting|complicated|challenging|inconvenient|busy",
        "~tear yourself|yourselves|themselves|himself|herself away",
        "~break|broke a sweat",
        "~spare|sparing|spared no effort|expense|thought",
        "wow just|a|an|so|such|@number ..1 !thank|great|kind|lovely|pleasant",
        "~impress|impressed|impressive how ..1 little|few|long|slowly|quickly|badly|you|your ..2 ~manage|~forget|effort|thought|~take|~ignore|it|care|~lose|managed",
        "my ..1 ..1 compliments|congratulations|respect|admiration|applause|hat ..2 on|for|to|off ..4 @number|lightning|speed|speedy|record|prompt|swift|silence|weeks|months|template|only",
        "only|just|merely|mere|barely ..2 @number ..1 weeks|months|days|reminders|emails|rounds|calls|attempts ..1 later|and|to|for ..1 ~say|~reply|~answer|~tell|~get|~hear|~reject|~decide|write",
        "in only|just|barely|merely ..2 @number ..2 months|rounds|reminders",
        "world|master|gold|textbook class|standard|lesson|example ..1 in|of|for ..2 ~ignore|~waste|rudeness|silence|~ghost|disrespect|inefficiency|confusion|how|procrastination",
        "^ nice|kind|good|generous|lovely|sweet|big of you|your ..2 to ..1 finally|only|eventually|bother|even|at",
        "guess|suppose my|i|@number|a ..5 worth|counts|count|means|mean|matters ..1 nothing|little|zero|for",
        "congratulations|congrats|bravo|kudos|hooray you|your ..1 ~manage|~lose|~find|~miss|~win|just",
        "^ nice|great|good|excellent|brilliant|fantastic|stellar|outstanding|superb|smooth ..1 job|work|effort ..1 on? ~ghost|~ignore|~waste|~lose|~string|~hide|~reject|~disappear|~drag|~insult",
        "how|so lovely|nice|kind|great|wonderful|sweet|good to ..5 after|only|finally|eventually ..2 @number|only|months|weeks|all|half ..1",
        "luck ..3 search|hunt|quest ..2 for ..2 someone|somebody|anyone|unicorn|unicorns|person ..1 with|who|that|willing",
        "golf|drinking|nephew|cousin|crony|son|niece|buddy|pal ..2 will ..4 great|marvelous|marvellous|wonderful|fine|brilliant|fantastic|excellent|amazing|splendid|well|perfect ..1",
        "~be|~feel ..1 ..1 thrilled|delighted|honored|honoured|flattered|touched|overjoyed|ecstatic to|by|that ..2 ~be|your|a|the|such ..2 rejected|robot|template|form|machine|algorithm|automated|ignored|two|ghosted|silence",
        "could|would not ..1 ~expect|~ask|~wish for? ..2 less|more|better ..2 from|than|rude",
        "your|the|such ..1 ~commitment|dedication|devotion|attention|respect ..2 to|for ..2 ~ghost|silence|mediocrity|wasting|candidates|detail|people ..1 ~be|is ..2 inspiring|touching|impressive|legendary|noted|remarkable|truly|really|astounding|clear|obvious",
        "~be ..1 sure ..2 it|that|this|you|they ..2 ~be ..1 very|super|so|terribly hard|busy|difficult|exhausting|important",
        "~keep telling yourself|yourselves",
        "whatever you say|helps",
        "glad|good|nice to ..1 ~see|~know ..2 that? ..6 ~matter|~count|~mean ..1 so|for|nothing|little ..1",
        // Good wishes that are none.
        "good|best luck ~find|~get|~hire|~attract|~keep|~fill|~replace|~retain ..3 anyone|anybody|better|cheaper|else|unicorn|unicorns|another|fool|desperate|sucker|mind|idiot",
        "good|best luck ~find ..3 someone|somebody|people ..1 better|who|cheaper|willing|at|else|for|with",
        "good|best luck with that|your ..2 $|turnover|attitude|unicorn|approach|nephew",
        "you|they ..1 will need it|luck",
        "hope|trust|sure ..1 you|your|they ..2 ~be ..2 happy|proud|pleased|satisfied with|of ..1 yourself|yourselves|himself|herself",
        "hope ..1 ..1 you|they ~be ..1 happy|proud $|now",
        "hope it|the|this|saving|your ~be|was ..1 worth it $",
        "~enjoy your|the|working ..1 ..1 mediocrity|mediocre|cheap|turnover|unicorn|downfall|chaos|revolving|second|bargain|sinking|empty|mess|yes|nepotism|bland",
        "keep up the ..1 good|great|stellar|excellent|fantastic|amazing|fine|brilliant work|job",
        "works|working|work out for you|them $",
        "pat yourselves|yourself on",
        "give yourselves|yourself ..2 pat|round|medal|applause|hand|trophy",
        "gold star|stars|medal ..1 for|to|all|$",
        // Thanks that are none.
        "thank|thanks|cheers you? ..2 for ..1 nothing",
        "thank|thanks|cheers you? ..3 for ..3 ~waste|~ghost|~ignore|~lie|~mislead|~string|~humiliate|~destroy|~crush|~drag|~jerk ..2",
        "thank|thanks|cheers you? ..2 for ..3 ~lead|~keep|~leave me ..1 on|waiting|hanging|guessing",
        "thank|thanks you? ..2 for ..4 copy|generic|form|template|canned|automated|robotic|boilerplate|insulting ..1 paste|letter|email|reply|rejection|message|response|answer",
        "thanks a lot|bunch|million pal|guys|buddy",
        "big|huge|special|heartfelt thanks|thank|shout ..3 bot|algorithm|robot|whoever|chatbot|ats|nobody",
        // Surprise and admiration.
        "what a|an ~real|total|complete|absolute|huge|big? surprise|shock|shocker|joke|farce|laugh|ride|circus|coincidence",
        "what a|an lovely|great|wonderful|nice|fantastic|delightful|classy|charming|brilliant? treat|thrill|masterclass|privilege|honour|honor|way ..1 to|of|in ~be|~wait|~find|~get|my|treat|~discover|~learn|how ..3",
        "surprise surprise",
        "oh ..1 great|joy|brilliant|fantastic|goody|please|perfect|sure|bravo|wow|thanks",
        "oh how|the ..1 kind|generous|irony|lovely|nice|thoughtful|joy|surprise",
        "bravo !for|to|team",
        "slow clap",
        "round of applause for|to",
        "chef|chefs 's? kiss",
        "well done $|everyone|everybody|all|genius|guys|you|there|on|for ..1 $|~waste|~find|~manage|~lose|~miss|~ignore|~reject|~ghost|~hire|~choose|~pick|~get|~fill",
        "congratulations|congrats|kudos|hats|applause|bravo ..2 on|to|for ..2 ~waste|~ghost|~manage|~lose|~ignore|~miss|~reject|~string|~break|~invent|~take|hiring|finding|setting|losing|taking|missing|turning|reaching|copying|sending",
        "must ~be|feel ..1 nice|great|lovely|wonderful|fun|exhausting|tiring|comforting to|being|having|up ..1 ~ignore|~have|able|so|there|~know|~treat|~ghost|~sit|~reject|~judge|~decide|~press ..1",
        "nice|lovely|good|great|refreshing|wonderful|touching|heartening|comforting to ~see|~know|~hear|~learn ..3 ~experience|honesty|loyalty|~manner|~effort|~promise|courtesy|decency|that ..3 ~mean|~count|~matter|nothing|~be ..2 dead|nothing|nobody|ignored|optional|cheap|worthless",
        "how|so|very|really|most kind|nice|generous|thoughtful|considerate|sweet|gracious|decent|good|big|brave of you|your|them ..2 to ..1 ~wait|~take|finally|~let|~make|~keep|~ghost|~ignore|~waste|bother|spare|deign|squeeze|drag|remember|grace|tell|reply|respond|send|get|inform ..2 @number|me|weeks|months|late|finally|eventually|such|two|three|in|back|after ..2 ~week|~month|~day|wait|hanging|minutes|seconds|lines|line|sentence|whole|generic",
        "how|so ..1 refreshing|refreshingly|charming|reassuring|original|heartwarming|touching|classy|noble|flattering|efficient|inspiring|convenient|professional|humane|modern $",
        "how ..1 original|convenient|refreshing|refreshingly|charming|reassuring ..1 of|to|that you|know|learn|be|see|your",
        "love|loved|adore|enjoyed|admire ..1 how|the ..1 you|your|nobody|no|part|way|bit|interviewer|@staff ..3 ~ghost|~ignore|~waste|~forget|never|not|could|nobody|late|~spend|~cancel|~preach|~yawn|~promise|silence|~reject|~disappear|~vanish|unable|~manage|asked ..2",
        "love|loved|adore|enjoyed ..1 being ..1 ghosted|ignored|rejected|strung|wasted|left|kept|told|lied",
        "love|loved|adore|enjoyed ..1 waiting|hearing|getting|spending|preparing|sitting ..4 weeks|months|nothing|hours|radio|silence|vain|template",
        "funny|strange|interesting|odd|amusing|curious|hilarious|remarkable how ..1 you|the|your|it|a|nobody|this|@number|i|an|everyone|all|that",
        "real|total|what|such|pure|true|very|really|sheer|absolute|stay ..2 class|classy act|move|touch|outfit|$",
        "real|truly|very|so|super|really ..1 classy|professional|mature|impressive $",
        "^ classy|charming|priceless|smooth|stunning|hilarious|fabulous|genius|delightful|impressive|unbelievable|incredible $",
        "^ classy|charming|priceless|stellar|smooth|stunning|genius|top ..1 notch? move|touch|hospitality|stuff|people|communication|service|work|organisation|organization ..2",
        "^ nice|great|good|excellent|brilliant|fantastic|stellar|top|solid|outstanding|superb|smooth|way ..1 job|one|move|timing|communication|try|teamwork|going|to $|there|guys|team|everyone|ghosting|go",
        "^ nice|great|good|excellent|brilliant|fantastic|stellar|outstanding|superb|smooth ..1 job|work|effort ..1 ~ghost|~ignore|~waste|~lose|~string|~hide|on ~ghost|~ignore|~waste|~lose|~string",
        // False modesty.
        "silly|foolish|crazy|naive|stupid of|on? me ..1 for|to|i|thinking|expecting|believing ..1 !send|sent",
        "^ silly|foolish|shame|naive|stupid of|on? me $",
        "my bad|mistake|fault|apologies for ..1 ~think|~expect|~believe|~assume|~hope|imagining|wanting ..1",
        "sorry for ~expect|~think|~believe|~assume|~hope|having|daring ..3 basic|common|human|standards|you|your|that|honesty|reply|answer|would|courtesy|manners",
        "forgive|pardon|excuse me for ..1 ~think|~expect|~believe|~assume|~hope|~imagine|having|not|laughing|being",
        "bow to|before ..2",
        "bated|baited breath",
        "infinite|great|boundless|divine|supreme|superior wisdom",
        "i ..1 guess|suppose|imagine|presume|gather|take|see|forgot|did ..3 @number|my|basic|replying|actual|answering|common|honesty|decency|politeness|loyalty|experience|manners|qualifications|competence|a|being|having|that ..5 not|too|optional|overrated|nothing|beneath|extra|~cost|dead|difficult|rare|lost|luxury|unfashionable|old ..1 enough|much|for|matter|required|asking|ask|skill|in|anymore|count|fashioned|~part|fashion",
        "apparently|evidently|clearly|obviously|seemingly ..1 @number|a|my|an|actual|basic|replying|being|having|reading|experience|honesty|competence|courtesy|manners|answering|common|knowing|years|qualifications|simple ..7 not|too|optional|overrated|nothing|luxury|counts|rare|beneath|rocket|extinct|art ..2",
        "clearly|obviously|evidently|apparently|certainly|surely ..1 you|they ..2 know ..1 best|better|everything|it|what",
        "you|they ..1 clearly|obviously|evidently|apparently|surely know best|better|everything|what|talent",
        "who needs|could|would ..1 needs|need|possibly|wants ..1",
        "what would|do|could i ..1 know",
        "what was i ..1 ~think|~expect",
        "as if|though ..1 @number|i|that|you|anyone|it|my ..3 enough|~care|matters|mattered|meant|expected|needed|bother|bothered ..1",
        "nothing says|screams|shouts|spells ..2",
        "do not|please ..1 ..1 worry|bother|strain|hurt|trouble|rush|all|let|fall|lose|break|exert|choke|overwork ..3 yourself|yourselves|rush|sleep|at|over|ghosting|sweat|again|once|out|explaining|replying|reading ..1",
        "heaven|god|perish forbid|the thought?",
        "do us|me all? ..1 favor|favour",
        "so called",
        "how ..1 do|does|can you|they|anyone ..1 sleep|cope|manage|survive|find ..1 time|at|the|with|such",
        "could|can|would not ..1 be|have|possibly|ask|asked ..2 happier|prouder|clearer|warmer|asked|hoped ..1 for? ..2 warmer|colder|$|ghosted|rejected|better|efficient",
        "explains|says ..1 a|everything|it|so ..1 lot|all|much about|$",
        "only|just|merely|mere ..1 took|needed|required|waited ..1 you? ..1 @number ..2 weeks|months|rounds|interviews|reminders|emails|years ..2",
        "in record time",
        "record|lightning|blistering|breathtaking|dazzling speed|fast|time|pace",
        "~frame|~treasure|~cherish|framing ..2 rejection|email|letter|template|forever|reply|wall|message",
        "next|maybe|perhaps time ..2 try|flip|actually|hire|consider|read|google|ask ..2",
        "was|is|were it|that|a|replying too|to much|hard|difficult ..1 ask|to|trouble|work|effort|for",
        "too much to ask|hope|expect",
        "joke|thing|fiction|comedy|laugh i ..1 have ..1 heard|read|had|seen ..2",
        "you ~be ..1 too|so kind|generous $",
        "where would|what would i|we be|do without ..2",
        "in|of your ..1 infinite|great|vast ..1 wisdom|generosity|experience",
        "~be ..1 all|so|very|really|both heart|hearts|touched|moved ..1 by|$ ..1 your|the|such ..1 copy|form|template|two|automated|generic|silence|line|one|lines",
        "poetry ..1 of|in ..3",
        "could|should|must|can ~learn|~teach|~patent|~bottle|~write|~give ..3 from you|this|it|your",
        "they|you should|could|must ~teach|~patent|~bottle|~give|~write ..2 a|the|this|courses|book|it|masterclass ..1 ..1 masterclass|course|class|book",
        "award|medal|prize|trophy|oscar for ..2 ~rude|worst|best|most|communication|patience|slowest|ghosting|customer ..1",
        "~be|~have so|too|terribly|awfully|very|far ..1 busy|important ..1 to|for ..1 ~reply|~answer|~read|~write|~call|say|type|send|the|a|us|mere ..1",
        "unicorn|unicorns|miracle|messiah|superhero|superman|wizard ..2",
        "i ~be|feel|was ..1 sure|certain|confident ..2 ~nephew|~unicorn|~cousin|~golf|boss|chairman|dartboard|algorithm|robot|miracle ..1",
        "~nephew|~cousin|~son|~daughter|~niece|godson ..2 ~be ..3 triumph|great|wonderful|perfect|brilliant|marvel|huge|roaring|fine|very|amazing ..2",
        "🙄|🙃|🤡",
        "👏 👏",
        "yeah|yea|ya right $",
        "^ sure $",
        "what|such ..1 a? ..1 lovely|great|nice|wonderful|brilliant|fantastic|fabulous way|use of|to ..2 ~spend|~waste|my|~treat|~run|~lose|~repay|~thank|~reward ..2",
        "pleasure|joy|honour|honor|privilege|delight|treat|thrill|fun|lovely|great|wonderful ..1 to|being ..1 be|being|waste|wait|have|having|sit|wasting|waiting|ghosted|strung|rejected ..2 ghosted|rejected|ignored|wasted|strung|weeks|months|by|my|alone|led|hours|lied|hour|hanging ..1",
        "so|how|really|just ..1 glad|happy|thrilled|delighted|pleased|lucky|grateful|honoured|honored|overjoyed|touched|blessed ..1 i|that|to|you ..1 i|you|could|have ..2 ~waste|~give|~take|~ghost|~prepare|~spare|~lose|~bother|spent|find|drove|flew|finally|~reject ..2",
        "glad|happy|thrilled|delighted|pleased i ..2 took|gave|drove|flew|spent|prepared|cancelled|bought|ironed ..8 for|only|just|to ..2 nothing|@number|that|this|be|hear ..1 !conversation|again",
        "thrilled|delighted|overjoyed|ecstatic|lovely|wonderful|great ..1 to ~be ..1 ghosted|rejected|ignored|wasted|dumped|strung|passed|overlooked",
        "^ so much for ..2",
        "congratulations|congrats|bravo|kudos|hats|applause ..12 longer|slower|later|worse|fewer|less than",
        "^ bravo for|on ..2 your|the|a|spelling|misspelling ..5 letter|email|reply|rejection|silence|name|wrong",
        "do|so|just|simply|always ~love|~admire|~adore|~enjoy|~cherish|~treasure ..1 employers|companies|firms|people|teams|recruiters|interviewers|letters|adverts|postings|panels|managers who|that|which ..1 ~ask|~demand|~expect|~want|~reject|~promise|~ignore|~forget|~require|~send|never|do|cannot",
        "so|really|truly|thoroughly|simply|just ~enjoy|~love|~adore|~appreciate waiting|chasing|repeating|standing|queueing|guessing|refreshing|begging",
        "~enjoy|~love|~adore|~appreciate ..1 waiting|chasing|queueing|standing ..2 lobby|corridor|hallway|reception|line|hour|hours|rain|hold",
        "pleasure|delight|privilege|joy|treat|honour|honor|fun to ..1 watch|see|hear ..4 ~answer|~check|~read|~type|~eat|~scroll|~yawn|~text|~sleep|~chew ..2 his|her|their|your|a|an|emails|through|at ..1 phone|emails|e|mails|email|messages|lunch|screen|sandwich|watch|inbox|laptop|me",
        "course|naturally|clearly|obviously why|who|what would|should|needs|could a|an|any|your|you|anyone|anybody|one|experience ..3",
        "~look forward to ..1 ~read|~see|~hear|~watch ..2 about|of? ..1 your|the ..2 bankruptcy|bankrupt|downfall|collapse|closure|layoffs|insolvency|failure|decline|fall|demise|ruin",
        "everything|all|anyone|whatever your|the|that ..1 budget|money|salary|wages can|could|will|would buy|afford|get|attract",
        "^ who ~need|~want ..3 when|anyway|$",
        "what a|an ..1 bargain|steal|masterstroke|timesaver",
        "legendary|famous|famed|celebrated|proverbial|renowned|unmatched|unrivalled|matchless ..1 efficiency|speed|kindness|warmth|communication|punctuality|generosity|hospitality|politeness|courtesy|silence|tact",
        "~surpass|~outdo|outdone|surpassed|excelled itself|yourselves|yourself|themselves",
        "minutes|seconds|minute|second|moment ..1 of your ..1 precious|valuable|royal|exalted ..1 attention|time",
        "as|so brilliant|perfect|great|wise|clever|important|busy|excellent|successful|smart|modern|advanced|superior as yours|you",
        "yours|you ..1 ~have|~need no|little ..1 need|room|use|place|time of|for anyone|people|someone|experience|anybody|those|mere|ordinary|grown",
        "as you|your ..3 ~be far|much|way too|above|beyond",
        "^ brilliant|great|excellent|perfect|impeccable|superb|flawless|lovely|wonderful|splendid ..4 as ever|always|usual $",
        "my|kind|warm|best ..1 regards|compliments|love|thanks|gratitude|greetings ..1 to ..2 coin|dart|dartboard|dice|algorithm|robot|printer|photocopier|bot|server|autocorrect|template|filter|machine|software",
        "~fit|fitted ..2 on|onto a|the ..2 stamp|postcard|napkin|thumbnail|coaster|matchbox",
        "~know how to make ..4 ~leave|leaving|keeping|by|letting|ghosting|ignoring",
        "another|yet ..1 week|day|month|round another|one ..1 template|rejection|excuse|delay|round|form",
        "^ so? this|that|it ~be ..1 what you|they ..1 ~call ..3",
        "thank|thanks|grateful you? ..1 for ~teach|~show|~remind me ..1 that|how ..3 only|never|not|no|nothing|little|nobody|cannot|optional",
        "nothing ~warm|~cheer|~brighten|~lift|~delight ..3 like|quite ..2",
        "~search|~hunt|~quest|~look ..2 for ..2 saint|martyr|magician|genius|hero|robot|slave|monk who|that|willing",
        "rules|deadlines|manners|courtesy|politeness|punctuality only ~apply|~count|~matter to|for",
        "gem|masterpiece|marvel|jewel|poem|treasure ..4 not|without|no ..1 a|single|one",
        "do ~enjoy the|your|all|every ..2 savings|money|silence|mediocrity|bargain|chaos|turnover|quiet",
        "your ..2 ~be|is legendary|proverbial|unparalleled",
        "standards|promises|principles|deadlines|manners|values ..1 ~be ..2 flexible|optional|elastic|negotiable|relative|decorative",
        "thank|thanks heavens|heaven|goodness|god ..1 you|your|they",
        "^ ~give the|your|that ..3 raise|bonus|promotion|medal",
    ],
    spares: &[
        "can|now see that? my|i",
        "lovely|great|nice|wonderful|good|joy|pleasure to be asked|heard|welcomed|shown|remembered|included ..2",
        "what you ~call ..2 round|stage|day|team|desk|room",
        "honour|honor|privilege|treat|pleasure|joy|delight ..1 to be ..1 considered|invited|interviewed|asked|shortlisted|part|there|welcomed|included|here",
        "please oh please",
        "~understand|~appreciate|~accept|~see|thank ..8 as|so busy|important as you",
        "~email|~letter|~call|~answer|~message|~reply|~word|~advice|~news|~card|did|it ~make|made my",
        "~be kind|lovely|helpful|thoughtful|generous|professional $",
        "keeping me waiting no",
        "bravo to your|the team|staff|students|volunteers",
        "~take|took only|just ..6 ~build|~open|~launch",
        "well done to|on ..2 your|the|all ..2 ~launch|~award|work|talk|report|team|project|publication|season|event|release|article|book|panel",
        "~wish ..1 you|the ..3 luck",
        "congratulations to",
        "what a|an ..1 ..1 surprise to ~see|~get|~hear|~find|~meet|~learn ..2 you|your|old|friendly|that|such",
        "funny how ..1 small|time|much",
        "oh great|fantastic|brilliant ..1 ~to|~news|team",
        "silly me i !thought|believed|assumed|expected|imagined|hoped|figured",
        "~manager|director|boss|owner @kin ~be ..2 kind|friendly|nice|great|helpful",
        "no ..1 longer than",
        "yet another reason ..1 to|i ..1 ~like|~admire|~love|~apply",
    ],
    after: &[],
    negatable: true,
};

/// Praise, as one gives it at an interview or in mockery.
static PRAISE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "values|cares|quickly|refreshing|delighted|blessed|compliments|glad|kudos|congratulations|congrats|hats|applause|reassuring|reassured|comforting|valuable|prompt|kind|kindly|good|warm|fascinating|interesting|beautiful|sweet|congratulate|thank|thanks|appreciate|appreciated|perfect|excellent|admire|admirable|honoured|honored|lucky|grateful|outstanding|remarkable|happy|rewarding|fun|gracious|gift",
        "classy|stellar|masterclass|masterpiece|impressive|delightful|delight|charming|marvellous|marvelous|heartwarming|efficient|efficiency|hospitality|notch|triumph|priceless|thrilling|thrilled|dazzling|magnificent|splendid|superb|exquisite|inspiring|flattering|privilege|generosity|gem|genius|brilliant|fabulous|heartfelt|riveting|touching|warmth|deeply|personal|thoughtful|lovely|wonderful|professionalism|professional|respectful|courteous|considerate|speed|courtesy|love|loved|adore|amazing|fantastic|exciting|great|impressed|moved|touched|world|seamless|smooth|joy|pleasure|honour|honor|bravo|generous|nice",
        "a|such|real|bigger treat|thrill",
        "applaud|regards|warmer|thrill|hardworking",
        "~work ..1 hard",
    ])
});
/// What nobody praises.
static GRIEVANCE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "pointless|useless|endless|meaningless|nepotism|favouritism|favoritism|cronyism|mediocrity|worst",
        "half of my|name|an",
        "shortest|slowest|longest|rudest|briefest|coldest ..1 interview|email|letter|reply|rejection|call|process|answer|conversation ..1 in|of|ever|on|i",
        "in|of a whole|entire quarter|month|year|week|season|process",
        "spam|junk|mail|email filter|folder|server",
        "empty|vacant chair|room|desk|promises|office",
        "nobody|none|nothing|no one? ..1 at all|whatsoever",
        "schedule|send|time|choose the|my|a ..1 rejection|refusal ..1 for|on|at",
        "all @number ..1 months|weeks|hours|rounds|minutes",
        "in|to the|your ..2 void|bin|wastebasket|shredder|dustbin|trash",
        "coin|dart|dice|autocorrect|photocopier",
        "~leave|~keep|left|kept me|us|them|people in|on|waiting ..1 lobby|corridor|cold|hold|rain|reception|dark",
        "letter|email|reply|note|message to|addressed ..1 candidate|applicant|sir|whom",
        "@number ..1 times|rounds ..1 wrong|for",
        "two-line|one-line|three-line|two-sentence|one-sentence|copy-paste|copy-pasted|no-reply|half-hearted|not enough",
        "not enough|bother|care",
        "at @number in the morning|night",
        "months|weeks after|later",
        "how long|slow|slowly|little|few|rarely|late|badly",
        "machine|robot|algorithm|bot|chatbot|autopilot|computer|unpaid|indifference|arrogance|incompetence|rudeness",
        "~take|took ..2 @number|half ..2 ~week|~month|~year $|for|to ..1 ~reply|~answer|~say|~write|~tell|~read|$|a|this|one",
        "half a|the year|month|decade|lifetime",
        "full|whole|entire @number ..1 ~second|~minute|~line|~sentence",
        "two|three|five|ten|thirty|sixty|ninety|whole|full|entire ..1 ~second|~sentence|~line|word|words",
        "seconds of",
        "~spend|spent|gave|~cancel|sacrificed|~lose|lost ..2 my|our ..2 ~holiday|weekend|~evening|vacation|birthday|savings|days",
        "~days off",
        "between|among|amid your ..1 ~meeting|important|many|busy",
        "to ~reject|~refuse|~ignore|~dump|~dismiss ..1 me|us|my",
        "not to ~treat|~run|~hire|~write",
        "cannot|never|not ~count|~spell|~read|~write|~speak",
        "without|no a|any reason|name|explanation|signature|word|greeting",
        "old fashioned|manners",
        "~reject ..1 by|without|with|in",
        "ghosted|ghosting|ignored|template|unanswered|boilerplate|automated|robotic|wasted|autoreply|noreply",
        "radio|total|complete|deafening|stony|utter|of|weeks|months silence",
        "copy|copied and? paste|pasted",
        "form|one|two|single|generic|canned|identical ..1 letter|line|lines|sentence|word|email|reply ..1",
        "~yawn|~text|~scroll|~sleep|~snore|~check ..2 through|phone|during|while|his|her|their",
        "~forget|~spell|~misspell|~mispronounce|~get ..1 my name ..1 wrong",
        "@number ..1 ~week|~month|rounds|interviews ..3 for ..1 a|one|two|nothing|this|no|single",
        "@number ..1 ~week|~month ..1 of|without|and|later ..1 silence|waiting|word|answer|nothing|not|then|no|a",
        "~wait|~sit ..4 @number ..1 ~hour|~week|~month ..1",
        "~sit|~wait|left alone|outside|around",
        "no|never|without ..1 answer|reply|replied|answered|word|explanation|apology ..1",
        "wrong name|address|person|candidate",
        "dear candidate|applicant",
        "answering|answer|check|read ..1 e? emails|messages|mail|mails",
        "@number ..1 late",
    ])
});
/// Somebody who weighs one against the other means both.
static WEIGHING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "but|although|though|despite|however|nevertheless|rather|instead|sorry|apologize|apologise|hope|would|could|will|if|even|whenever",
        "not|good|no good|hard enough|feelings",
        "i ~forget|~ghost|~ignore|~waste",
    ])
});

/// A sentence of more words than this may well hold both and mean both.
const LONG: usize = 40;

/// A sentence that praises and complains in one breath.
pub(super) fn praises_a_grievance(text: &Text<'_>, sentence: &Range<usize>) -> bool {
    sentence.len() <= LONG
        && GRIEVANCE.any(text, sentence)
        && PRAISE.any(text, sentence)
        && !WEIGHING.any(text, sentence)
}

/// What is praised between quotation marks, as in: your "exciting journey".
static SCARE_QUOTES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "exciting|family|journey|transparent|transparency|careful|consideration|opportunity|professional|professionalism|people|feedback|thorough|rigorous|personal|process|open|respect|fair|fairness|valued|values|inclusive|candidate|caring|communication|selection|dynamic|friendly|world|file|touch|close|urgent|competitive|culture|ideal|perfect|better|stronger|qualified|experts|expert|decision|interview|promising|impressed|soon|shortly|class|excellence|diversity|integrity|innovative|best|talent|talented|equal",
    ])
});

/// A few quoted words after "your", "the", "so": words that the writer holds with two fingers.
pub(super) fn scare_quotes(text: &Text<'_>, sentence: &Range<usize>) -> Option<Range<usize>> {
    let first = sentence.clone().find(|at| text.words[*at].quoted)?;
    let end = (first..sentence.end)
        .find(|at| !text.words[*at].quoted)
        .unwrap_or(sentence.end);
    let before = first.checked_sub(1).filter(|at| sentence.contains(at))?;
    let held = matches!(
        text.words[before].norm.as_str(),
        "your" | "such" | "so" | "this" | "these" | "values" | "of" | "called" | "by"
    );
    let label = text.words[end..sentence.end].first().is_some_and(|word| {
        matches!(
            word.norm.as_str(),
            "round"
                | "role"
                | "programme"
                | "program"
                | "position"
                | "workshop"
                | "talk"
                | "post"
                | "event"
                | "article"
                | "team"
                | "page"
                | "project"
                | "blog"
                | "section"
                | "email"
                | "newsletter"
        )
    });
    (held && !label && end - first <= 8 && SCARE_QUOTES.any(text, &(first..end)))
        .then_some(before..end)
}
