//! How alike two normalised values are. Every function is symmetrical and counts characters, not bytes.

/// Jaro–Winkler similarity, 0 to 1, prefix weight 0.1 for up to four characters, only above a Jaro score of 0.7
/// (Winkler 1990, "String comparator metrics and enhanced decision rules in the Fellegi–Sunter model").
///
/// The greedy search for common characters depends on which string comes first in rare cases, so the two are
/// put in order before.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a <= b { strsim::jaro_winkler(a, b) } else { strsim::jaro_winkler(b, a) }
}

/// Damerau–Levenshtein distance without the restriction that no part may be edited twice: "ca" to "abc" is 2.
pub fn damerau_levenshtein(a: &str, b: &str) -> usize {
    strsim::damerau_levenshtein(a, b)
}

/// True if the words of the shorter are all among the words of the longer: "john" in "john paul".
pub fn words_within(a: &str, b: &str) -> bool {
    let (x, y): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let (few, many) = if x.len() <= y.len() { (x, y) } else { (y, x) };
    few.iter().all(|word| word.chars().count() > 1 && many.contains(word))
}

/// True if one is a single letter and the other begins with it.
pub fn initial(a: &str, b: &str) -> bool {
    let one = |text: &str| text.chars().count() == 1;
    (one(a) || one(b)) && a.chars().next() == b.chars().next()
}

/// Forms of one given name in British use; a name may stand in more than one group.
const FORMS: &str = "\
    abigail abby abi; alexander alexandra alex sandy; andrew andy drew; anthony antony tony ant; barbara \
    babs barb; benjamin ben benny; catherine katherine kathryn cath kath kate katie kathy cathy kat; charles \
    charlie chaz chuck; charlotte charlie lottie; christine christina chris tina; christopher chris kit; \
    daniel dan danny; danielle dani; david dave davey; deborah debra debbie deb; dorothy dot dottie; edward \
    ed eddie ted ned; eleanor ellie nell; elizabeth liz lizzie beth betty eliza libby; emily em emmie; \
    frances fran frankie; francis frank frankie; frederick fred freddie; geoffrey jeffrey geoff jeff; \
    georgia georgina george georgie; gerald gerard gerry; gillian gill jill; gregory greg; harold harry hal; \
    henry harry hal; isabella isabel bella izzy; jacqueline jackie jacqui; james jim jimmy jamie; jennifer \
    jen jenny; jessica jess jessie; joanne joanna jo; john johnny jack jon; jonathan jon jonny; joseph joe \
    joey; joshua josh; kenneth ken kenny; lawrence laurence larry; leonard len lenny; margaret maggie meg \
    peggy marge; matthew matt; michael mike mick mickey; mohammed muhammad mohammad mohamed mo; nathan \
    nathaniel nate; nicholas nick nicky; nicola nicky; oliver olly ollie; pamela pam; patricia pat trish \
    patsy; patrick pat paddy; peter pete; philip phillip phil; raymond ray; rebecca becky becca bex; richard \
    rich rick dick ricky; robert rob bob bobby robbie bert; ronald ron ronnie; samantha sam sammy; samuel \
    sam sammy; stephanie steph; stephen steven steve; stuart stewart stu; susan sue susie suzie; terence \
    terry; theresa teresa terry tess; thomas tom tommy; timothy tim; valerie val; victor vic; victoria vicky \
    tori; william will bill billy liam; zachary zach zac";

/// True if two given names are forms of one: "bob" and "robert".
pub fn nickname(a: &str, b: &str) -> bool {
    let has = |group: &str, name: &str| group.split(' ').any(|form| form == name);
    a != b && FORMS.split("; ").any(|group| has(group, a) && has(group, b))
}

/// What two normalised dates have in common, closest first. Also works where one is known only in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dates {
    /// Both in full, and equal.
    Same,
    /// Both in full: day and month exchanged.
    DayMonthExchanged,
    /// Both in full: one digit other, or two neighbouring digits exchanged.
    OneDigit,
    /// Same year and month, as far as known.
    YearMonth,
    /// Same year; month other or not known.
    Year,
    /// Different years.
    Different,
}

/// Relates two dates as [`super::normalise::date`] writes them.
pub fn dates(a: &str, b: &str) -> Dates {
    let full = a.len() == 10 && b.len() == 10 && a.is_ascii() && b.is_ascii();
    let same = |to: usize| a.get(..to).is_some_and(|head| b.get(..to) == Some(head));
    if full && a == b {
        return Dates::Same;
    }
    if full && same(4) && a[5..7] == b[8..10] && a[8..10] == b[5..7] {
        return Dates::DayMonthExchanged;
    }
    if full && damerau_levenshtein(&a.replace('-', ""), &b.replace('-', "")) == 1 {
        return Dates::OneDigit;
    }
    match (same(7), same(4)) {
        (true, _) => Dates::YearMonth,
        (_, true) => Dates::Year,
        _ => Dates::Different,
    }
}

/// A code with the characters that cameras and people confuse made one: 0 and O, Q, D; 1 and I, L; 5 and S; 8 and B; 2 and Z.
pub fn look(code: &str) -> String {
    code.chars()
        .map(|c| match c {
            'O' | 'Q' | 'D' => '0',
            'I' | 'L' => '1',
            'S' => '5',
            'B' => '8',
            'Z' => '2',
            c => c,
        })
        .collect()
}

/// The outward half of a postcode: its district.
pub fn district(postcode: &str) -> &str {
    postcode.split(' ').next().unwrap_or_default()
}

/// The numbers in an address line, in order: "flat 2 14a high street" gives ["2", "14a"].
pub fn numbers(line: &str) -> Vec<&str> {
    line.split(' ').filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect()
}
