//! Words that say little about what is asked, by language: the small words of questions and politeness.
//!
//! A file with nine examples an entry cannot have seen them all; without this list "could you kindly tell me" would count
//! as four foreign words. They are not dropped (a file may tell "where" from "when"): an unknown one merely weighs less.

/// What an unknown filler weighs beside an unknown word of content.
pub(crate) const WEIGHT: f32 = 0.15;

const EN: &str = "a about after again all already also always am an and any anybody anyone anything are as at back be \
    because been before being but by can cannot cant come could couldnt d did didnt do does doesnt doing done dont during \
    each either else even ever every everything few find for from get gets getting give go going gonna good got gotta had \
    has hasnt have havent having he hello help helped her here hers hey hi him his how i id if ill im in instead into is \
    isnt it its ive just kind kindly know least let lets like ll long look lot m made make many may maybe me might mine \
    more most much must my myself need needs never new no not nothing now of off ok okay on once one ones only or other \
    our out over own please possible put quick quite re really right s said same say see shall she should show so some \
    somebody someone something soon still such sure t take tell than thank thanks that thats the their them then there \
    theres these they theyre thing things think this those though to today told too took try trying u under until up ur us \
    use used using ve very want wants wanted wanna was way we well went were what whats when where wheres which while who \
    whom whose why will wish with within without wont would wouldnt yes yet you your youre yours";
const DE: &str = "ab aber alle alles als also am an auch auf aus bei bekomme bereits bin bis bitte bist brauche da danke \
    dann das dass dein deine dem den denn der des dich die dies diese diesen dieser dieses dir doch du durch ein eine einem \
    einen einer eines einfach er es etwas euch euer eure fur ganz geben gern gerne gibt hab habe haben habt hallo hat hatte \
    hatten hier ich ihm ihn ihnen ihr ihre ihren ihrer im immer in ist ja jetzt kann kannst kein keine keinen konnen konnt \
    konnte konnten machen mal man mehr mein meine meinem meinen meiner mich mir mit mochte muss nach nicht nichts noch nun \
    nur ob oder ohne schon sehr sein seine seit sich sie sind so soll sollte uber um und uns unser unsere unter vom von vor \
    wann war warum was weil welche welchen welcher welches wenn wer werde werden wie wieder wieso will wir wird wissen wo \
    wollen wurde wurden zu zum zur";
const FR: &str = "a ai alors as au aussi aux avec avez avoir avons bien bonjour c ca car ce cela ces cet cette comme \
    comment d dans de deja depuis des deux dire dois donc du elle elles en encore est et etait ete etes etre eu faire fait \
    faut ici il ils j je l la le les leur leurs lui m ma mais me meme merci mes moi moins mon n ne nos notre nous on ont ou \
    par pas peu peut peux plait plus pour pourquoi pourrais pouvez pouvoir qu quand que quel quelle quelles quels qui quoi \
    s sa sans savoir se ses si sil son sont souhaite suis sur t ta te tes toi ton tous tout tres tu un une veux voir vos \
    votre voudrais vous y";
const ES: &str = "a al algo algun alguna algunos ante antes aqui asi aun aunque ayuda bien buenas buenos como con cual \
    cuales cuando cuanto de debo del desde donde dos e el ella ellos en entre era eres es esa ese eso esta estan estar este \
    esto estos estoy fue gracias ha hace hacer han hasta hay he hola ir la las le les lo los mas me mi mis muy nada necesito \
    ni no nos nosotros o os para pero poco podria por porque puede pueden puedo pues que querria quiero quien quisiera saber \
    se ser si sin sobre solo son soy su sus tambien te tener tengo tiene todo todos tu tus un una uno unos usted y ya yo";
const IT: &str = "a ad aiuto al alla alle anche ancora avere avete bene buongiorno c che chi ci ciao come con cosa cosi \
    cui d da dal dalla dei del della delle devo di dopo dove dovrei e ed era essere fa fare favore fra gia gli grazie ha \
    hai hanno ho i il in io l la le lei li lo loro ma me mi mia mie miei mio molto ne nei nel nella no noi non nostro o \
    ogni per perche piu poi possibile posso potete potrei prima puo qual quale quali quando quanto quello questa questo qui \
    sapere se sei senza si sia siamo sono sta su sua sul sulla suo te ti tra tu tua tuo tutti tutto un una uno vi voglio \
    voi vorrei vostro";
const PT: &str = "a ainda ajuda algo alguem ao aos aqui as ate bem boa bom com como da das de dela dele desde devo do dos \
    e ela ele eles em entre era essa esse esta estao estar este estou eu faz fazer foi ha isso isto ja la lhe mais mas me \
    mesmo meu meus minha minhas muito na nao nas nem no nos nossa nosso num o obrigada obrigado oi ola onde os ou para pela \
    pelo pode podem por porque posso pouco pra preciso qual quais quando quanto que quem queria quero saber se sem ser seu \
    seus so sobre sou sua suas tambem te tem tenho ter teu toda todo tudo um uma vai voce voces vou";
const NL: &str = "aan al alle alleen als altijd ben bent bij bij daar dan dank dat de deze die dit doe doen door dus een \
    en er ermee even ga gaan geen geven graag haar had hallo heb hebben heeft hem het hier hij hoe hun ik in is ja je jij \
    jouw jullie kan kunnen kunt maar mag me meer mensen met mij mijn moet moeten na naar niet niets nog nu of om omdat ons \
    onze ook op over te tegen toch toe tot u uit uw van veel voor waar waarom wanneer want was wat we wel welke werd weten \
    wie wij wil willen worden wordt zal ze zeer zich zij zijn zo zonder zou zouden";
const PL: &str = "a albo ale bardzo bez bo by byc byl byla bylo chce chcialabym chcialbym ci cie co cos czemu czy dla do \
    dlaczego dziekuje dzien dobry gdy gdzie go i ich ile im ja jak jaka jaki jakie jakim je jego jej jest jestem jesli jeszcze \
    juz kiedy kto ktora ktore ktory lub ma mam maja mi mnie mnie moge moga moja moje moj moze mozna mu musze my na nam nas \
    nasz nie niz no o od on ona one oni oraz po pod poprosze prosze przez przy sa sie skad ta tak takze tam te tego tej ten \
    teraz tez to tu twoj ty tylko w was we wiec wszystko wy z za zeby";
const TR: &str = "acaba ama ben bana benim beni bir biz bize bizim bu bunu buna cok da daha de degil diye en evet gibi hala \
    hangi hayir her hic icin ile ise istiyorum kac kadar ki kim lutfen merhaba mi mu mı mü nasil ne neden nedir nerede nereye \
    nicin niye o olan olarak oldu olur on ona onu onun sen sana senin siz size sizin selam sey su tesekkurler ve veya var \
    ya yardim yok zaman";

/// The fillers of a language, by the first part of its BCP 47 tag; none are known for the others.
pub(crate) fn of(language: &str) -> impl Iterator<Item = &'static str> {
    let tag = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let words = match tag.as_str() {
        "en" => EN,
        "de" => DE,
        "fr" => FR,
        "es" => ES,
        "it" => IT,
        "pt" => PT,
        "nl" => NL,
        "pl" => PL,
        "tr" => TR,
        _ => "",
    };
    words.split_whitespace()
}
