//! Numbers in texts, as DuckDB's casts read and write them.

/// What C's `isspace` takes for a space, around a number.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r'))
}

/// The digits without the `_` between two of them; `None` where a `_` stands elsewhere.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let between = |at: usize| {
        at > 0 && bytes[at - 1].is_ascii_hexdigit() && bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit)
    };
    let mut all = bytes.iter().enumerate().filter(|(_, b)| **b == b'_');
    all.all(|(at, _)| between(at)).then(|| text.replace('_', ""))
}

/// A text as a DOUBLE: `inf` and `nan` are numbers, and `_` may stand between digits.
pub(super) fn real(text: &str) -> Option<f64> {
    without_underscores(trimmed(text))?.parse().ok()
}

/// A text as a whole number of so many bits: decimal, with an exponent, as `0x…` or `0b…`; halves go away from zero.
pub(super) fn whole(text: &str, bits: u8) -> Option<f64> {
    let text = trimmed(text);
    let radix = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    };
    let plain = without_underscores(text)?;
    if let Some(radix) = radix {
        let digits = plain.get(2..)?;
        let whole = i128::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']))?;
        return inside(whole, bits);
    }
    let (negative, plain) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, &plain[..]),
    };
    let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            // Beyond a thousand there is nothing left, or no number that long.
            let size = digits.parse::<i64>().unwrap_or(1000).min(1000);
            (mantissa, if exponent.starts_with('-') { -size } else { size })
        }
        None => (plain, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = before.bytes().chain(after.bytes()).collect();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let point = before.len() as i64 + exponent;
    let mut size = 0i128;
    for at in 0..point.max(0) {
        let digit = digits.get(at as usize).map_or(0, |b| i128::from(b - b'0'));
        size = size.checked_mul(10)?.checked_add(digit)?;
    }
    let half = usize::try_from(point).ok().and_then(|at| digits.get(at)).is_some_and(|b| *b >= b'5');
    size = size.checked_add(i128::from(half))?;
    inside(if negative { -size } else { size }, bits)
}

fn inside(whole: i128, bits: u8) -> Option<f64> {
    let most = if bits >= 128 { i128::MAX } else { (1i128 << (bits - 1)) - 1 };
    (-most - 1..=most).contains(&whole).then_some(whole as f64)
}

/// A whole number where so many bits can hold it.
pub(super) fn fits(n: f64, bits: u8) -> Option<f64> {
    let limit = 2f64.powi(i32::from(bits) - 1);
    (n >= -limit && n < limit).then_some(n + 0.0)
}

/// A number as DuckDB writes a DOUBLE: the shortest digits that give it back, an exponent below 0.0001 and from 1e16.
pub(super) fn write(n: f64) -> String {
    if n.is_nan() {
        return if n.is_sign_negative() { "-nan" } else { "nan" }.to_owned();
    }
    let size = n.abs();
    if n.is_infinite() || size == 0.0 || (1e-4..1e16).contains(&size) {
        return format!("{n:?}");
    }
    let text = format!("{n:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

/// As [`write`], and a whole number as an INTEGER is written.
pub(super) fn write_short(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 9.3e18 { format!("{}", n as i128) } else { write(n) }
}
