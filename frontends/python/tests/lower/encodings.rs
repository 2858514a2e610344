//! Files that are not plain UTF-8.

use esker_frontend_api::LowerOptions;

use crate::{lower_bytes, render};

/// Lowers bytes and compares the names of the variables and what is wrong.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    let ir = lower_bytes(bytes, &LowerOptions::default());
    let names: Vec<_> = ir.symbols[1..].iter().map(|symbol| render::name(&ir, symbol.name)).collect();
    let actual = format!("{}\n{}", names.join(" "), render::diagnostics(&ir));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn utf_8_needs_no_declaration() {
    check("é = 1".as_bytes(), "é");
    check("# coding: utf-8\né = 1".as_bytes(), "é");
    check("\u{feff}é = 1".as_bytes(), "é");
    check("\u{feff}# -*- coding: utf-8 -*-\né = 1".as_bytes(), "é");
}

#[test]
fn declarations_are_found_where_cpython_looks() {
    for declaration in [
        "# coding: latin-1\n",
        "#!/bin/python\n# -*- coding: latin-1 -*-\n",
        "\r\n# vim: set fileencoding=latin-1 :\r\n",
        " \t\x0c# coding=iso-8859-1\n",
        "#\r# coding: L1\r",
        "# coding coding: latin_1\n",
        "# coding:latin-1-unix\n",
    ] {
        check(&[declaration.as_bytes(), b"\xe9 = 1"].concat(), "é");
    }
}

#[test]
fn declarations_elsewhere_do_not_count() {
    let trouble = |line, byte| {
        format!("\u{fffd}\n{line}:1 Encoding: byte 0x{byte} is not UTF-8, and no other encoding is declared")
    };
    let with = |text: &str| lower_bytes(&[text.as_bytes(), b"\xe9 = 1"].concat(), &LowerOptions::default());
    for (text, line) in [
        ("\n\n# coding: latin-1\n", 4),
        ("x = 1\n# coding: latin-1\n", 3),
        ("'# coding: latin-1'\n", 2),
        ("# coding latin-1\n", 2),
    ] {
        let found = render::diagnostics(&with(text));
        let expected = trouble(line, "e9");
        assert!(found.starts_with(expected.trim_start_matches("\u{fffd}\n")), "{text:?}: {found}");
    }
}

#[test]
fn other_encodings_have_cpythons_names() {
    check(b"# coding: cp1251\n\xe6 = 1", "ж");
    check(b"# coding: KOI8-R\n\xd6 = 1", "ж");
    check(b"# coding: windows_1252\n\x8a = 1", "Š");
    check(b"# coding: euc-jp\n\xa4\xa2 = 1", "あ");
    check(b"# coding: SJIS\n\x82\xa0 = 1", "あ");
    check(b"# coding: cp949\n\xb0\xa1 = 1", "가");
    check(b"# coding: iso-8859-15\n\xa8 = 1", "š");
    check(b"# coding: ascii\nx = 1", "x");
}

#[test]
fn an_unknown_encoding_is_reported_and_read_as_utf_8() {
    check("# coding: klingon\né = 1".as_bytes(), "é\n1:1 Encoding: unknown encoding `klingon`");
}

#[test]
fn bytes_that_do_not_fit_are_reported_and_the_rest_is_read() {
    check(
        b"x = 1\ny = '\xff'\nimport z",
        "x y z\n2:6 Encoding: byte 0xff is not UTF-8, and no other encoding is declared",
    );
    check(b"# coding: ascii\nx = '\xc3\xa9'", "x\n2:6 Encoding: byte 0xc3 is not ASCII");
    check(b"# coding: euc-jp\nx = '\xa4'\ny = 1", "x y\n2:6 Encoding: the bytes are not EUC-JP");
}

#[test]
fn a_byte_order_mark_has_to_agree() {
    check(
        b"\xef\xbb\xbf# coding: latin-1\nx = 1",
        "x\n1:1 Encoding: a UTF-8 byte order mark, but `latin-1` is declared",
    );
    check(b"\xff\xfex\0 \0=\0 \x001\0", "x\n1:1 Encoding: source must not be encoded in UTF-16LE");
}

#[test]
fn a_carriage_return_alone_ends_a_line() {
    let ir = lower_bytes(b"import a\rimport b\r\nimport c\n", &LowerOptions::default());
    assert_eq!(render::imports(&ir), "1: module `a`\n2: module `b`\n3: module `c`\n");
    assert_eq!(ir.lines.line_count(), 4);
}
