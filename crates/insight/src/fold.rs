//! Texts as tokens that compare equal when a reader would call them the same word.
//!
//! Case, accents, full-width forms, zero-width characters, Arabic vowel signs and letter variants, the Turkish dotless i
//! and the traditional forms of the Chinese characters that the word lists use are folded away. Each token knows where
//! it stands in the original text, so that evidence can be shown as the customer wrote it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

/// No more of a text is read than this; it equals the longest message that a channel accepts.
pub(crate) const MAX_CHARS: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of letters (and digits) of a script that separates words.
    Word,
    /// One character of Chinese or Japanese.
    Char,
    /// Digits alone.
    Number,
    /// A comma, a dash, a bracket.
    Soft,
    /// The end of a sentence or line.
    Hard,
    /// A question mark, which also ends a sentence.
    Question,
    /// A double quotation mark.
    Quote,
    /// An emoji or another symbol that stands for itself.
    Symbol,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    text: (u32, u32),
    source: (u32, u32),
}

impl Token {
    /// Where the token stands in the original text, in bytes.
    pub(crate) fn source(&self) -> Range<usize> {
        self.source.0 as usize..self.source.1 as usize
    }

    pub(crate) fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Char | Kind::Number)
    }
}

/// The tokens of one text.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    text: String,
    pub(crate) tokens: Vec<Token>,
}

impl Folded {
    pub(crate) fn text_of(&self, token: &Token) -> &str {
        &self.text[token.text.0 as usize..token.text.1 as usize]
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter(|t| t.is_word()).map(|t| self.text_of(t))
    }
}

/// French and Italian words that drop their vowel before an apostrophe and stay words of their own.
const ELIDED: &[&str] = &[
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "un", "dell", "all", "nell", "dall", "sull", "quell", "jusqu",
    "lorsqu", "puisqu", "quelqu",
];

struct Folder<'a> {
    out: Folded,
    word_from: Option<(u32, u32)>,
    word_end: u32,
    digits_only: bool,
    source: &'a str,
}

impl Folder<'_> {
    fn letter(&mut self, c: char, at: u32, end: u32) {
        if self.word_from.is_none() {
            self.word_from = Some((self.out.text.len() as u32, at));
            self.digits_only = true;
        }
        self.digits_only &= c.is_numeric();
        self.out.text.push(c);
        self.word_end = end;
    }

    fn end_word(&mut self) {
        if let Some((from, at)) = self.word_from.take() {
            let kind = if self.digits_only { Kind::Number } else { Kind::Word };
            let text = (from, self.out.text.len() as u32);
            self.out.tokens.push(Token { kind, text, source: (at, self.word_end) });
        }
    }

    fn mark(&mut self, kind: Kind, at: u32, end: u32) {
        self.end_word();
        let here = self.out.text.len() as u32;
        // A run of marks says no more than its strongest one.
        if let Some(last) = self.out.tokens.last_mut() {
            if last.kind == kind && kind != Kind::Quote && kind != Kind::Symbol {
                return;
            }
            if last.kind == Kind::Soft && matches!(kind, Kind::Hard | Kind::Question) {
                last.kind = kind;
                return;
            }
        }
        self.out.tokens.push(Token { kind, text: (here, here), source: (at, end) });
    }

    fn symbol(&mut self, c: char, at: u32, end: u32) {
        self.end_word();
        let from = self.out.text.len() as u32;
        self.out.text.push(c);
        self.out.tokens.push(Token { kind: Kind::Symbol, text: (from, self.out.text.len() as u32), source: (at, end) });
    }

    fn cjk(&mut self, c: char, at: u32, end: u32) {
        self.end_word();
        let from = self.out.text.len() as u32;
        self.out.text.push(simplified(c));
        self.out.tokens.push(Token { kind: Kind::Char, text: (from, self.out.text.len() as u32), source: (at, end) });
    }

    /// A voicing mark that follows its kana (half-width forms decompose into two characters).
    fn voice(&mut self, mark: char, end: u32) {
        let Some(last) = self.out.tokens.last_mut().filter(|t| t.kind == Kind::Char) else { return };
        let Some(base) = self.out.text.chars().next_back() else { return };
        if let Some(whole) = compose(base, mark) {
            self.out.text.pop();
            self.out.text.push(whole);
            last.text.1 = self.out.text.len() as u32;
            last.source.1 = end;
        }
    }

    fn apostrophe(&mut self) {
        if let Some((from, _)) = self.word_from
            && ELIDED.contains(&&self.out.text[from as usize..])
        {
            self.end_word();
        }
        // Otherwise it is dropped: don't = dont, Baton'a = batona.
    }

    /// A dot, comma or colon between two letters or digits is part of a number, an address or an abbreviation.
    fn is_inside(&self, end: u32) -> bool {
        self.word_from.is_some() && self.source[end as usize..].chars().next().is_some_and(|c| c.is_alphanumeric())
    }
}

/// Cuts a text into folded tokens.
pub(crate) fn fold(text: &str) -> Folded {
    let mut folder = Folder {
        out: Folded { text: String::with_capacity(text.len().min(4 * MAX_CHARS)), tokens: Vec::with_capacity(16) },
        word_from: None,
        word_end: 0,
        digits_only: true,
        source: text,
    };
    for (at, c) in text.char_indices().take(MAX_CHARS) {
        let (at, end) = (at as u32, (at + c.len_utf8()) as u32);
        if c.is_ascii_alphanumeric() {
            folder.letter(c.to_ascii_lowercase(), at, end);
            continue;
        }
        match c {
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '＇' | 'ʻ' => folder.apostrophe(),
            '\n' | '\r' | '!' | ';' | '。' | '！' | '；' | '؛' | '…' => folder.mark(Kind::Hard, at, end),
            '?' | '？' | '؟' => folder.mark(Kind::Question, at, end),
            '.' | '．' if folder.is_inside(end) => folder.end_word(),
            '.' | '．' => folder.mark(Kind::Hard, at, end),
            ',' if folder.is_inside(end) && folder.digits_only => folder.end_word(),
            ':' if folder.is_inside(end) => folder.end_word(),
            ',' | ':' | '，' | '、' | '：' | '،' | '—' | '–' | '(' | ')' | '（' | '）' | '[' | ']' | '|' | '¿'
            | '¡' | '~' | '～' => folder.mark(Kind::Soft, at, end),
            '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』' | '＂' => {
                folder.mark(Kind::Quote, at, end)
            }
            '・' | '·' => folder.end_word(),
            c if is_invisible(c) => {}
            c if c.is_ascii() => folder.end_word(),
            c => fold_wide(&mut folder, c, at, end),
        }
    }
    folder.end_word();
    folder.out
}

fn fold_wide(folder: &mut Folder<'_>, c: char, at: u32, end: u32) {
    for part in std::iter::once(c).nfkd() {
        match part {
            '\u{3099}' | '\u{309A}' => folder.voice(part, end),
            'ß' | 'ẞ' => {
                folder.letter('s', at, end);
                folder.letter('s', at, end);
            }
            'œ' | 'Œ' => {
                folder.letter('o', at, end);
                folder.letter('e', at, end);
            }
            'æ' | 'Æ' => {
                folder.letter('a', at, end);
                folder.letter('e', at, end);
            }
            part if is_invisible(part) => {}
            part if is_cjk(part) => folder.cjk(part, at, end),
            part if part.is_alphanumeric() => {
                for low in part.to_lowercase().filter(|low| !is_invisible(*low)) {
                    folder.letter(plain(low), at, end);
                }
            }
            part if part.is_whitespace() || part.is_control() => folder.end_word(),
            part => folder.symbol(part, at, end),
        }
    }
}

/// Letters that decomposition leaves alone.
fn plain(c: char) -> char {
    match c {
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        _ => c,
    }
}

/// Combining accents, Arabic vowel signs, the tatweel, zero-width and direction characters, variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' | '\u{06D6}'..='\u{06ED}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{061C}' | '\u{180E}' | '\u{1F3FB}'..='\u{1F3FF}')
}

pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2FA1F}')
}

pub(crate) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}' | '\u{31F0}'..='\u{31FF}')
}

/// Traditional and Japanese forms of the characters that the word lists use. Both sides are folded, so a character of
/// Japanese that is mapped here still meets its own entry.
fn simplified(c: char) -> char {
    const PAIRS: &str = "轉转專专専专員员務务機机話话對对対对請请幫帮說说説说與与經经経经嗎吗個个們们電电線线實实実实際际誰谁關关関关閉闭聯联絡络\
        繫系係系為为還还沒没問问題题決决訂订單单単单謝谢謝谢點点開开時时間间業业後后來来見见談谈聽听讓让給给過过現现應应応应該该\
        熱热負负責责終终進进發发発发從从這这裡里裏里種种樣样様样歡欢願愿換换処处證证費费買买賣卖貨货東东車车馬马錢钱銀银氣气師师\
        長长頭头緊紧無无親亲護护體体団团團团級级檔档飯饭協协訴诉認认識识術术諮咨詢询顧顾優优視视訊讯號号備备遠远動动會会";
    if (c as u32) < 0x4E00 {
        return c;
    }
    let mut pairs = PAIRS.chars();
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if from == c {
            return to;
        }
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        fold(text).words().map(str::to_owned).collect()
    }

    #[test]
    fn accents_case_and_width_do_not_matter() {
        assert_eq!(words("OPÉRATEUR"), ["operateur"]);
        assert_eq!(words("ａｇｅｎｔ"), ["agent"]);
        assert_eq!(words("İNSAN ınsan Insan"), ["insan", "insan", "insan"]);
        assert_eq!(words("człowiek Straße"), ["czlowiek", "strasse"]);
        assert_eq!(words("a\u{200B}gent"), ["agent"]);
    }

    #[test]
    fn apostrophes_join_english_and_split_french() {
        assert_eq!(words("I don’t"), ["i", "dont"]);
        assert_eq!(words("l'opérateur d’un"), ["l", "operateur", "d", "un"]);
    }

    #[test]
    fn arabic_vowels_and_letter_variants_fold() {
        assert_eq!(words("مُوَظَّـف"), words("موظف"));
        assert_eq!(words("أريد"), words("اريد"));
        assert_eq!(words("خدمة"), words("خدمه"));
    }

    #[test]
    fn half_width_kana_meets_full_width() {
        assert_eq!(words("ｵﾍﾟﾚｰﾀｰ ｶﾞ"), words("オペレーターガ"));
    }

    #[test]
    fn traditional_characters_meet_simplified_ones() {
        assert_eq!(words("轉接專員"), words("转接专员"));
    }

    #[test]
    fn tokens_know_where_they_stand() {
        let text = "Bitte, ein Mênsch!";
        let folded = fold(text);
        let last = folded.tokens.iter().rfind(|t| t.is_word()).expect("words");
        assert_eq!(&text[last.source()], "Mênsch");
    }
}
