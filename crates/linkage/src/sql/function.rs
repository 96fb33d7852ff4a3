//! The functions that conditions may call, under the names that SQL dialects have for them.

use std::fmt;

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident ($least:literal ..= $most:literal) $first:literal $(| $more:literal)*;)*) => {
        /// A function that a condition may call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Function { $($(#[$doc])* $variant,)* }

        impl Function {
            /// The function of a name, in any case.
            pub fn named(name: &str) -> Option<Function> {
                match name.to_ascii_lowercase().as_str() {
                    $($first $(| $more)* => Some(Function::$variant),)*
                    _ => None,
                }
            }

            /// How few and how many arguments it takes.
            pub fn arity(self) -> (usize, usize) {
                match self { $(Function::$variant => ($least, $most),)* }
            }

            /// All names, for a message.
            pub const NAMES: &[&str] = &[$($first),*];
        }

        impl fmt::Display for Function {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Function::$variant => $first,)* })
            }
        }
    };
}

functions! {
    /// Likeness of two texts, Winkler's.
    JaroWinkler(2..=2) "jaro_winkler_similarity" | "jaro_winkler";
    /// Likeness of two texts, Jaro's.
    Jaro(2..=2) "jaro_similarity" | "jaro_sim" | "jaro";
    /// Edits between two texts.
    Levenshtein(2..=2) "levenshtein";
    /// Edits, swaps counted as one.
    DamerauLevenshtein(2..=2) "damerau_levenshtein";
    /// Shared bytes over all bytes.
    Jaccard(2..=2) "jaccard" | "jaccard_sim";
    /// Part of a text.
    Substr(2..=3) "substr" | "substring";
    /// The first characters.
    Left(2..=2) "left";
    /// The last characters.
    Right(2..=2) "right";
    /// In lower case.
    Lower(1..=1) "lower" | "lcase";
    /// In upper case.
    Upper(1..=1) "upper" | "ucase";
    /// Without spaces at both ends.
    Trim(1..=1) "trim";
    /// Back to front.
    Reverse(1..=1) "reverse";
    /// Characters of a text, elements of a list.
    Length(1..=1) "length" | "len" | "char_length";
    /// NULL where both are equal.
    NullIf(2..=2) "nullif";
    /// The first that is not NULL.
    Coalesce(1..=64) "coalesce" | "ifnull" | "nvl";
    /// What a pattern finds.
    RegexpExtract(2..=3) "regexp_extract";
    /// Whether a pattern is found.
    RegexpMatches(2..=2) "regexp_matches" | "rlike";
    /// What a pattern finds, replaced.
    RegexpReplace(3..=4) "regexp_replace";
    /// A text replaced in a text.
    Replace(3..=3) "replace";
    /// Texts one after another.
    Concat(1..=64) "concat";
    /// A time, or NULL.
    TryStrptime(2..=2) "try_strptime" | "try_to_timestamp" | "try_to_date" | "to_date" | "to_timestamp";
    /// A time, or an error.
    Strptime(2..=2) "strptime";
    /// Seconds since 1970.
    Epoch(1..=1) "epoch" | "unix_timestamp";
    /// Without its sign.
    Abs(1..=1) "abs";
    /// To a number of places.
    Round(1..=2) "round";
    /// The whole number below.
    Floor(1..=1) "floor";
    /// The whole number above.
    Ceil(1..=1) "ceil" | "ceiling";
    /// The square root.
    Sqrt(1..=1) "sqrt";
    /// A power.
    Power(2..=2) "power" | "pow";
    /// e to a power.
    Exp(1..=1) "exp";
    /// The natural logarithm.
    Ln(1..=1) "ln";
    /// The logarithm to base 2.
    Log2(1..=1) "log2";
    /// Sine.
    Sin(1..=1) "sin";
    /// Cosine.
    Cos(1..=1) "cos";
    /// Arcsine.
    Asin(1..=1) "asin";
    /// Arccosine.
    Acos(1..=1) "acos";
    /// The angle of a point.
    Atan2(2..=2) "atan2";
    /// Degrees as radians.
    Radians(1..=1) "radians";
    /// The greatest of several.
    Greatest(1..=64) "greatest";
    /// The least of several.
    Least(1..=64) "least";
    /// Elements of a list.
    ArrayLength(1..=1) "array_length" | "array_size" | "size" | "cardinality";
    /// What two lists share, each once.
    ListIntersect(2..=2) "list_intersect" | "array_intersect";
    /// Each element once.
    ListDistinct(1..=1) "list_distinct" | "array_distinct";
    /// Whether a list has an element.
    ListContains(2..=2) "list_contains" | "array_contains" | "list_has";
    /// One list after another.
    ListConcat(1..=8) "list_concat" | "array_concat" | "list_cat";
    /// The greatest element.
    ListMax(1..=1) "list_max" | "array_max";
    /// The least element.
    ListMin(1..=1) "list_min" | "array_min";
    /// The sum of elements.
    ListSum(1..=1) "list_sum";
    /// Each element through a lambda.
    ListTransform(2..=2) "list_transform" | "array_transform" | "list_apply" | "transform";
    /// The elements for which a lambda holds.
    ListFilter(2..=2) "list_filter" | "array_filter";
    /// A list of these values.
    ListValue(0..=64) "list_value" | "array_value" | "list_pack" | "array";
    /// A list of lists as one list.
    Flatten(1..=1) "flatten";
    /// The cosine between two lists of numbers.
    ArrayCosineSimilarity(2..=2) "array_cosine_similarity" | "list_cosine_similarity";
    /// The inner product of two lists of numbers.
    ArrayInnerProduct(2..=2) "array_inner_product" | "list_inner_product";
}
