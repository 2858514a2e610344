//! Which encoding a file is in, and its text.
//!
//! Follows CPython (`Parser/tokenizer.c`, PEP 263): UTF-8 unless one of the first two lines declares something else in
//! a comment. Where CPython refuses a file, this decodes it as well as it can and says what is wrong. Single-byte
//! encodings come from the WHATWG's tables, which give meaning to a few bytes that CPython leaves undefined.

use std::borrow::Cow;

use encoding_rs::{self as codecs, Encoding};

/// A file's text.
pub(crate) struct Decoded<'a> {
    /// The text without a byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// Why it may not be what the author meant.
    pub(crate) trouble: Option<Trouble>,
}

/// What is wrong with a file's encoding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Where, as an offset in the decoded text.
    pub(crate) offset: usize,
    /// What, in a sentence without a full stop.
    pub(crate) message: String,
}

/// Something that can decode bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Codec {
    Utf8,
    Ascii,
    /// Latin-1 as such, not the Windows code page that browsers take for it.
    Latin1,
    Table(&'static Encoding),
}

/// Decodes a file. Never fails; costs one validating pass for UTF-8, which is not copied.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        if encoding != codecs::UTF_8 {
            let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
            return Decoded { text, trouble: trouble(0, format!("source must not be encoded in {}", encoding.name())) };
        }
        let mut decoded = utf8(&bytes[mark..]);
        if let Some(name) = declaration(bytes).filter(|name| codec(name) != Some(Codec::Utf8)) {
            let name = String::from_utf8_lossy(name).into_owned();
            decoded.trouble =
                decoded.trouble.or_else(|| trouble(0, format!("a UTF-8 byte order mark, but `{name}` is declared")));
        }
        return decoded;
    }
    let Some(name) = declaration(bytes) else { return utf8(bytes) };
    match codec(name) {
        Some(Codec::Utf8) => utf8(bytes),
        Some(Codec::Ascii) => {
            let mut decoded = utf8(bytes);
            if let Some(offset) = bytes.iter().position(|byte| !byte.is_ascii()) {
                decoded.trouble = trouble(offset, format!("byte 0x{:02x} is not ASCII", bytes[offset]));
            }
            decoded
        }
        Some(Codec::Latin1) => Decoded { text: codecs::mem::decode_latin1(bytes), trouble: None },
        Some(Codec::Table(encoding)) => table(encoding, bytes),
        None => {
            let name = String::from_utf8_lossy(name).into_owned();
            Decoded { trouble: trouble(0, format!("unknown encoding `{name}`")), ..utf8(bytes) }
        }
    }
}

fn trouble(offset: usize, message: String) -> Option<Trouble> {
    Some(Trouble { offset, message })
}

fn utf8(bytes: &[u8]) -> Decoded<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), trouble: None },
        Err(error) => {
            let offset = error.valid_up_to();
            let byte = bytes.get(offset).copied().unwrap_or_default();
            Decoded {
                text: String::from_utf8_lossy(bytes),
                trouble: trouble(offset, format!("byte 0x{byte:02x} is not UTF-8, and no other encoding is declared")),
            }
        }
    }
}

fn table<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    let trouble = if has_errors {
        let offset = text.find(char::REPLACEMENT_CHARACTER).unwrap_or_default();
        trouble(offset, format!("the bytes are not {}", encoding.name()))
    } else {
        None
    };
    Decoded { text, trouble }
}

/// The encoding's name that one of the first two lines declares. The second line counts only after a comment or a
/// blank line.
fn declaration(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for _ in 0..2 {
        let line;
        (line, rest) = split_line(rest);
        let start = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
        match start.map(|start| &line[start..]) {
            Some([b'#', comment @ ..]) => {
                if let Some(name) = name_in(comment) {
                    return Some(name);
                }
            }
            Some(_) => return None,
            None => {}
        }
    }
    None
}

/// The first line without its end, and what follows.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else { return (bytes, &[]) };
    let (line, rest) = bytes.split_at(end);
    (line, rest.strip_prefix(b"\r\n").unwrap_or(&rest[1..]))
}

/// The name after `coding:` or `coding=` in a comment.
fn name_in(comment: &[u8]) -> Option<&[u8]> {
    const WORD: &[u8] = b"coding";
    comment.windows(WORD.len() + 1).enumerate().find_map(|(start, window)| {
        if !window.starts_with(WORD) || !matches!(window.last(), Some(b':' | b'=')) {
            return None;
        }
        let rest = &comment[start + WORD.len() + 1..];
        let from = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
        let name = &rest[from..];
        let length = name
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')))
            .unwrap_or(name.len());
        (length > 0).then(|| &name[..length])
    })
}

/// The codec with one of CPython's names for it (`Lib/encodings/aliases.py`).
fn codec(name: &[u8]) -> Option<Codec> {
    let name: String = name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| lower_case(*byte)).collect();
    // Emacs appends how lines end, as in `utf-8-unix`; CPython's tokenizer looks at the beginning alone.
    if name.starts_with("utf8") {
        return Some(Codec::Utf8);
    }
    if ["latin1", "iso88591", "isolatin1"].iter().any(|known| {
        name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || !rest.starts_with(|c: char| c.is_ascii_digit()))
    }) {
        return Some(Codec::Latin1);
    }
    Some(match name.as_str() {
        "cp65001" | "u8" | "utf" => Codec::Utf8,
        "646" | "ansix341968" | "ansix341986" | "ascii" | "cp367" | "csascii" | "ibm367" | "iso646irv1991"
        | "iso646us" | "isoir6" | "us" | "usascii" => Codec::Ascii,
        "8859" | "cp819" | "csisolatin1" | "ibm819" | "iso8859" | "iso885911987" | "isoir100" | "l1" | "latin" => {
            Codec::Latin1
        }
        _ => Codec::Table(table_named(&name)?),
    })
}

fn lower_case(byte: u8) -> char {
    char::from(byte.to_ascii_lowercase())
}

/// The table with this name, in lower case and without punctuation.
fn table_named(name: &str) -> Option<&'static Encoding> {
    Some(match name {
        "950" | "big5" | "big5hkscs" | "big5tw" | "cp950" | "csbig5" | "hkscs" | "ms950" | "xmactradchinese" => {
            codecs::BIG5
        }
        "eucjp" | "ujis" => codecs::EUC_JP,
        "949" | "cp949" | "euckr" | "korean" | "ksc5601" | "ksc56011987" | "ksx1001" | "ms949" | "uhc"
        | "xmackorean" => codecs::EUC_KR,
        "gb18030" | "gb180302000" => codecs::GB18030,
        "936" | "chinese" | "cp936" | "csiso58gb231280" | "euccn" | "eucgb2312cn" | "gb2312" | "gb23121980"
        | "gb231280" | "gbk" | "isoir58" | "ms936" | "xmacsimpchinese" => codecs::GBK,
        "866" | "cp866" | "csibm866" | "ibm866" => codecs::IBM866,
        "csiso2022jp" | "iso2022jp" => codecs::ISO_2022_JP,
        "csisolatin6" | "iso885910" | "iso8859101992" | "isoir157" | "l6" | "latin6" => codecs::ISO_8859_10,
        "iso885913" | "l7" | "latin7" => codecs::ISO_8859_13,
        "iso885914" | "iso8859141998" | "isoceltic" | "isoir199" | "l8" | "latin8" => codecs::ISO_8859_14,
        "iso885915" | "l9" | "latin9" => codecs::ISO_8859_15,
        "iso885916" | "iso8859162001" | "isoir226" | "l10" | "latin10" => codecs::ISO_8859_16,
        "csisolatin2" | "iso88592" | "iso885921987" | "isoir101" | "l2" | "latin2" => codecs::ISO_8859_2,
        "csisolatin3" | "iso88593" | "iso885931988" | "isoir109" | "l3" | "latin3" => codecs::ISO_8859_3,
        "csisolatin4" | "iso88594" | "iso885941988" | "isoir110" | "l4" | "latin4" => codecs::ISO_8859_4,
        "csisolatincyrillic" | "cyrillic" | "iso88595" | "iso885951988" | "isoir144" => codecs::ISO_8859_5,
        "arabic" | "asmo708" | "csisolatinarabic" | "ecma114" | "iso88596" | "iso885961987" | "isoir127" => {
            codecs::ISO_8859_6
        }
        "csisolatingreek" | "ecma118" | "elot928" | "greek" | "greek8" | "iso88597" | "iso885971987" | "isoir126" => {
            codecs::ISO_8859_7
        }
        "csisolatinhebrew" | "hebrew" | "iso88598" | "iso885981988" | "isoir138" => codecs::ISO_8859_8,
        "cskoi8r" | "koi8r" => codecs::KOI8_R,
        "koi8u" => codecs::KOI8_U,
        "macintosh" | "macroman" => codecs::MACINTOSH,
        "932" | "cp932" | "csshiftjis" | "ms932" | "mskanji" | "shiftjis" | "sjis" | "xmacjapanese" => {
            codecs::SHIFT_JIS
        }
        "1250" | "cp1250" | "windows1250" => codecs::WINDOWS_1250,
        "1251" | "cp1251" | "windows1251" => codecs::WINDOWS_1251,
        "1252" | "cp1252" | "windows1252" => codecs::WINDOWS_1252,
        "1253" | "cp1253" | "windows1253" => codecs::WINDOWS_1253,
        "1254" | "cp1254" | "csisolatin5" | "iso88599" | "iso885991989" | "isoir148" | "l5" | "latin5"
        | "windows1254" => codecs::WINDOWS_1254,
        "1255" | "cp1255" | "windows1255" => codecs::WINDOWS_1255,
        "1256" | "cp1256" | "windows1256" => codecs::WINDOWS_1256,
        "1257" | "cp1257" | "windows1257" => codecs::WINDOWS_1257,
        "1258" | "cp1258" | "windows1258" => codecs::WINDOWS_1258,
        "cp874" | "iso885911" | "iso8859112001" | "isoir166" | "thai" | "tis620" | "tis6200" | "tis62025290"
        | "tis62025291" => codecs::WINDOWS_874,
        "maccyrillic" => codecs::X_MAC_CYRILLIC,
        _ => return None,
    })
}
