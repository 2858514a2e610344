//! Spans of time as they are given: a number and its unit.

use std::time::Duration;

/// The units, with how many milliseconds each has.
const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads `500ms`, `10s`, `2m`, `1h` or `30d`; zero needs no unit.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: Option<u64> = number.parse().ok();
    let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, milliseconds)| *milliseconds);
    match (number, unit) {
        (Some(0), None) if digits == text.len() => Ok(Duration::ZERO),
        (Some(number), Some(unit)) => number.checked_mul(unit).map(Duration::from_millis).ok_or("too long".to_owned()),
        _ => Err("a time is a number and a unit, such as 500ms, 10s, 2m, 1h or 30d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_units() {
        let ms = |text| parse(text).ok().map(|time| time.as_millis());
        assert_eq!(ms("500ms"), Some(500));
        assert_eq!(ms("10s"), Some(10_000));
        assert_eq!(ms("2m"), Some(120_000));
        assert_eq!(ms("1h"), Some(3_600_000));
        assert_eq!(ms("30d"), Some(2_592_000_000));
        assert_eq!(ms("0"), Some(0));
        for wrong in ["", "10", "s", "-1s", "1.5s", "10 s", "1s ", "10sec", "99999999999999999d"] {
            assert_eq!(ms(wrong), None, "{wrong}");
        }
    }
}
